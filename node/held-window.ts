// Hysteresis of the window: what is too small costs time at once, what is too large only a stash that is
// reserved anyway. So it grows with the first measurement that asks for more, and shrinks when none of the
// last ones has.

/** Measurements that must agree before the window shrinks. */
export const PATIENCE = 64;

export class HeldWindow {
  private readonly recent: number[] = [];
  private next = 0;

  constructor(first: number) {
    this.recent.push(first);
  }

  get size(): number {
    return Math.max(...this.recent);
  }

  /** @returns whether the window has another size now */
  take(asked: number): boolean {
    const before = this.size;
    this.next = (this.next + 1) % PATIENCE;
    this.recent[this.next] = asked;
    return this.size !== before;
  }
}
