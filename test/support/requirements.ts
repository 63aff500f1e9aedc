// What some tests need of the machine. Where it is missing they are skipped, and the report says what to
// install; in CI, which installs it, a missing one is a failure.

export interface Requirement {
  readonly isThere: boolean;
  readonly remedy: string;
}

/** To be called in a `before` hook: the whole suite is skipped. */
export function need(context: Mocha.Context, { isThere, remedy }: Requirement): void {
  if (isThere) return;
  if (process.env.CI) throw new Error(`this test needs: ${remedy}`);
  console.warn(`      skipped, it needs: ${remedy}`);
  context.skip();
}
