// How far a run is and how fast it goes: the figures of its status.

import type { Batches } from '../data/batches.js';
import type { RunMetrics } from '../protocol/run-messages.js';

/** Over so long, the moving average of the step time forgets. */
const AVERAGED_MS = 2000;

export class RunProgress {
  step = 0;
  loss: number | null = null;
  private readonly lossSums = new Map<number, number>();
  private averageStepMs: number | null = null;
  private lastMs: number;
  /** Steps still to be told of those whose time was measured at once. */
  private measured = 0;
  private beganMs: number;

  constructor(
    private readonly batches: Batches,
    private readonly batch: number,
    private readonly learningRateAt: (step: number) => number,
    /** In the boards' time. */
    private readonly nowMs: () => number,
  ) {
    this.lastMs = nowMs();
    this.beganMs = this.lastMs;
  }

  /**
   * The first micro-batch is about to be streamed.
   * @param elapsedSeconds that have gone by already, in a run that goes on
   */
  begin(elapsedSeconds = 0): void {
    this.beganMs = this.nowMs() - 1000 * elapsedSeconds;
    this.skipTime();
  }

  /** Sum of the losses of one micro-batch. */
  addLoss(step: number, lossSum: number): void {
    this.lossSums.set(step, (this.lossSums.get(step) ?? 0) + lossSum);
  }

  /** @param together steps that ended at once, this one included: they took the same share of the time */
  completeStep(step: number, together = 1): Omit<RunMetrics, 'energy'> {
    this.measure(together);
    this.step = step + 1;
    this.loss = (this.lossSums.get(step) ?? 0) / this.batch;
    this.lossSums.delete(step);
    return {
      step,
      epoch: this.batches.epochOf(step),
      loss: this.loss,
      learningRate: this.learningRateAt(step),
      samplesPerSecond: this.samplesPerSecond,
      elapsedSeconds: (this.nowMs() - this.beganMs) / 1000,
      time: Date.now(),
    };
  }

  /** The steps from there on are done again. */
  goBackTo(step: number): void {
    this.step = step;
    this.lossSums.clear();
    this.measured = 0;
    this.skipTime();
  }

  /** Evaluations and pauses are no step time. */
  skipTime(): void {
    this.lastMs = this.nowMs();
  }

  get stepMs(): number {
    return this.averageStepMs ?? 0;
  }

  get samplesPerSecond(): number {
    return this.averageStepMs ? (this.batch * 1000) / this.averageStepMs : 0;
  }

  get etaSeconds(): number | null {
    return this.averageStepMs === null ? null : ((this.batches.steps - this.step) * this.averageStepMs) / 1000;
  }

  private measure(together: number): void {
    if (this.measured > 0) {
      this.measured--;
      return;
    }
    this.measured = together - 1;
    const now = this.nowMs();
    const elapsedMs = now - this.lastMs;
    this.lastMs = now;
    const stepMs = elapsedMs / together;
    const weight = Math.min(1, Math.max(elapsedMs / AVERAGED_MS, 0.01));
    this.averageStepMs =
      this.averageStepMs === null ? stepMs : this.averageStepMs + weight * (stepMs - this.averageStepMs);
  }
}
