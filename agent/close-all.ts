// Closing what belongs to an agent: a fault of one is no reason to leave the others open, least of all a light on.

/**
 * One after the other, each whatever became of those before.
 * @throws what went wrong first
 */
export async function closeAll(closings: readonly (() => Promise<unknown> | undefined)[]): Promise<void> {
  const faults: unknown[] = [];
  for (const close of closings) {
    try {
      await close();
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
}
