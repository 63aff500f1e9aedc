// How a computer falls behind emulated boards. It may catch up, for boards mostly wait; so what counts is all that it ever
// fell behind, from one event to the next, and not how far it is behind at the end.

export class Lag {
  private lastMs = 0;
  private totalMs = 0;

  /** @param lagMs by which an event came later than it was due */
  take(lagMs: number): void {
    this.totalMs += Math.max(0, lagMs - this.lastMs);
    this.lastMs = Math.max(0, lagMs);
  }

  /** By how much it fell behind, all in all. */
  get fallenMs(): number {
    return this.totalMs;
  }
}
