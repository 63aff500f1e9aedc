// What some tests need of the machine. Where it is missing they are skipped, and the report says what to
// install; in CI, which installs it, a missing one is a failure.

export interface Requirement {
  readonly isThere: boolean;
  readonly remedy: string;
}

/** Whether tests that are made by a loop are made. */
export function isThere({ isThere, remedy }: Requirement): boolean {
  if (isThere) return true;
  if (process.env.CI) throw new Error(`tests need: ${remedy}`);
  console.warn(`skipping the tests that need: ${remedy}`);
  return false;
}

/** To be called in a `before` hook: the whole suite is skipped. */
export function need(context: Mocha.Context, { isThere, remedy }: Requirement): void {
  if (isThere) return;
  if (process.env.CI) throw new Error(`this test needs: ${remedy}`);
  console.warn(`      skipped, it needs: ${remedy}`);
  context.skip();
}
