// Turns pushes into steps: a step is as many samples as a batch has, whoever pushed them, and its loss their mean.

import type { DriveEvents } from './drive.js';

export class StarProgress {
  private samples: number;
  private step: number;
  private lossSum = 0;
  private lossSamples = 0;

  constructor(
    private readonly batch: number,
    private readonly steps: number,
    private readonly events: Pick<DriveEvents, 'onLoss' | 'onStep'>,
    firstStep = 0,
  ) {
    this.step = firstStep;
    this.samples = firstStep * batch;
  }

  /** @param lossSum over the samples of a push */
  add(samples: number, lossSum: number): void {
    this.samples += samples;
    this.lossSum += lossSum;
    this.lossSamples += samples;
    const done = Math.min(this.steps, Math.floor(this.samples / this.batch));
    if (done === this.step) return;
    const loss = (this.lossSum / this.lossSamples) * this.batch;
    const together = done - this.step;
    for (; this.step < done; this.step++) {
      this.events.onLoss(this.step, loss);
      this.events.onStep(this.step, together);
    }
    this.lossSum = this.lossSamples = 0;
  }
}
