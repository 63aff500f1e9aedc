// Notices that nothing moves any more. Slow is not dead: how long it waits follows the measured step time. What is overdue
// is looked into; what then does not come in a long time is lost.

/** Of silence: at least so many milliseconds, and so many steps. */
const OVERDUE = { leastMs: 3_000, steps: 3 };
/** Where something is likely to be lost. */
const DOUBTED = { leastMs: 1_000, steps: 3 };
const LOST = { leastMs: 30_000, steps: 20 };

const CHECK_EVERY_MS = 250;

export interface ProgressWatchOptions {
  /** Duration of a step, as measured or, before that, as predicted; 0 where neither is known. */
  stepMs(): number;
  /** Whether what does not come is likely to be lost; it is not unless told. */
  isInDoubt?(): boolean;
  /** Told once in each silence. */
  onOverdue(silentMs: number): void;
  onStall(silentMs: number): void;
  readonly nowMs: () => number;
  readonly checkEveryMs?: number;
}

export class ProgressWatch {
  private movedAtMs: number;
  private isOverdue = false;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: ProgressWatchOptions) {
    this.movedAtMs = options.nowMs();
    this.timer = setInterval(() => this.check(), options.checkEveryMs ?? CHECK_EVERY_MS);
  }

  moved(): void {
    this.movedAtMs = this.options.nowMs();
    this.isOverdue = false;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private check(): void {
    const { stepMs, isInDoubt, onOverdue, onStall, nowMs } = this.options;
    const silentMs = nowMs() - this.movedAtMs;
    const exceeds = ({ leastMs, steps }: typeof LOST) => silentMs > Math.max(leastMs, steps * stepMs());
    if (exceeds(LOST)) onStall(silentMs);
    else if (exceeds(isInDoubt?.() ? DOUBTED : OVERDUE) && !this.isOverdue) {
      this.isOverdue = true;
      onOverdue(silentMs);
    }
  }
}
