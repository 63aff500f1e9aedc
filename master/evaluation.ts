// Adds up an evaluation from its micro-batches, which come back in any rhythm.

import type { EvaluationResult } from '../protocol/run-messages.js';

export interface EvaluatedMicroBatch {
  /** The weight version. */
  readonly step: number;
  readonly samples: number;
  readonly lossSum: number;
  readonly metricSum: number;
}

export class Evaluation {
  private received = 0;
  private samples = 0;
  private lossSum = 0;
  private metricSum = 0;

  constructor(
    private readonly metric: string,
    private readonly microBatches: number,
  ) {}

  /** What is still to come of the one under way never comes. */
  reset(): void {
    this.received = this.samples = this.lossSum = this.metricSum = 0;
  }

  /** @returns the result once the last micro-batch is there, and begins anew */
  add({ step, samples, lossSum, metricSum }: EvaluatedMicroBatch): EvaluationResult | null {
    this.received++;
    this.samples += samples;
    this.lossSum += lossSum;
    this.metricSum += metricSum;
    if (this.received < this.microBatches) return null;
    const result = {
      step,
      loss: this.lossSum / this.samples,
      metric: this.metric,
      value: this.metricSum / this.samples,
      samples: this.samples,
    };
    this.reset();
    return result;
  }
}
