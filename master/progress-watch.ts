// Notices that nothing moves any more. Slow is not dead: how long it waits follows the measured step time.

const LEAST_MS = 30_000;
const STEPS = 20;

export class ProgressWatch {
  private movedAtMs: number;
  private readonly timer: NodeJS.Timeout;

  constructor(
    /** Duration of a step, as measured or, before that, as predicted; 0 where neither is known. */
    stepMs: () => number,
    onStall: (silentMs: number) => void,
    private readonly nowMs: () => number,
    checkEveryMs = 1000,
  ) {
    this.movedAtMs = nowMs();
    this.timer = setInterval(() => {
      const silentMs = this.nowMs() - this.movedAtMs;
      if (silentMs > Math.max(LEAST_MS, STEPS * stepMs())) onStall(silentMs);
    }, checkEveryMs);
  }

  moved(): void {
    this.movedAtMs = this.nowMs();
  }

  close(): void {
    clearInterval(this.timer);
  }
}
