// How long a run waits before its boards come together again, and when it has done so often enough: a fault that comes
// again each time is no accident, while boards may come and go for as long as they like.

/** Faults in a row in which no step was completed. */
const MOST_FAULTS = 5;
const WAIT_MS = { first: 300, longest: 10_000 };

export class Patience {
  private furthestStep = 0;
  private fruitless = 0;
  private faults = 0;

  /**
   * A generation is over.
   * @param step how far it came
   * @param isFault of a node: not a board or a connection that was lost
   */
  onLost(step: number, isFault: boolean): void {
    if (step > this.furthestStep) {
      this.furthestStep = step;
      this.fruitless = this.faults = 0;
      return;
    }
    this.fruitless++;
    if (isFault) this.faults++;
  }

  get isOver(): boolean {
    return this.faults >= MOST_FAULTS;
  }

  /** At once where something was completed. */
  get waitMs(): number {
    return this.fruitless === 0 ? 0 : waitMs(this.fruitless);
  }
}

/** Twice as long after each attempt. */
export function waitMs(attempt: number): number {
  return Math.min(WAIT_MS.longest, WAIT_MS.first * 2 ** (attempt - 1));
}
