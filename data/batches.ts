// The order of the data: which samples make up micro-batch `micro` of step `step`. A function of the seed
// alone, so that a run can go on from any step and the one-process reference sees the same.

import { permutation } from '../compute/random.js';
import { sizeOf } from '../compute/tensor.js';
import { DataError } from '../errors.js';
import type { RunSpec } from '../protocol/run-spec.js';
import type { DataSource, Split } from './data-source.js';

export interface MicroBatch {
  /** `[micro-batch, ...sample shape]`, owned by the receiver. */
  readonly data: Float32Array;
  /** `[micro-batch, ...target shape]` */
  readonly targets: Float32Array;
  /** Rows that count; fewer than the micro-batch holds only at the end of an evaluation. */
  readonly samples: number;
}

export class Batches {
  readonly stepsPerEpoch: number;
  readonly steps: number;
  readonly evaluationMicroBatches: number;
  private readonly microBatch: number;
  private order: { epoch: number; indices: Uint32Array } | null = null;

  /** @throws DataError when the training set holds less than one batch */
  constructor(
    private readonly source: DataSource,
    private readonly spec: RunSpec,
  ) {
    const { batch, microBatches, epochs, steps } = spec.training;
    this.microBatch = batch / microBatches;
    // The rest of an epoch that fills no batch is left out; with shuffling it is another rest each time.
    this.stepsPerEpoch = Math.floor(source.train.count / batch);
    const fewestEpochs = steps === undefined ? 1 : Infinity; // steps alone say how long it takes
    this.steps = Math.min(steps ?? Infinity, (epochs ?? fewestEpochs) * this.stepsPerEpoch);
    this.evaluationMicroBatches = Math.ceil(source.test.count / this.microBatch);
    if (this.stepsPerEpoch === 0) {
      throw new DataError(
        `${source.name} has ${source.train.count} training samples, fewer than one batch of ${batch}`,
        {
          remedy: `Set training.batch to at most ${source.train.count}.`,
        },
      );
    }
  }

  /** From 0. */
  epochOf(step: number): number {
    return Math.floor(step / this.stepsPerEpoch);
  }

  training(step: number, micro: number): MicroBatch {
    const first = (step % this.stepsPerEpoch) * this.spec.training.batch + micro * this.microBatch;
    const order = this.orderOf(this.epochOf(step));
    return this.read(this.source.train, order.subarray(first, first + this.microBatch));
  }

  /** In the order of the held-out set; the last one is padded with zeros. */
  evaluation(micro: number): MicroBatch {
    const first = micro * this.microBatch;
    const end = Math.min(first + this.microBatch, this.source.test.count);
    return this.read(
      this.source.test,
      Uint32Array.from({ length: end - first }, (_, index) => first + index),
    );
  }

  private read(split: Split, indices: Uint32Array): MicroBatch {
    const data = new Float32Array(this.microBatch * sizeOf(split.sampleShape));
    const targets = new Float32Array(this.microBatch * sizeOf(split.targetShape));
    split.read(indices, data, targets);
    return { data, targets, samples: indices.length };
  }

  private orderOf(epoch: number): Uint32Array {
    if (this.order?.epoch !== epoch) this.order = { epoch, indices: this.newOrder(epoch) };
    return this.order.indices;
  }

  private newOrder(epoch: number): Uint32Array {
    const { count } = this.source.train;
    if (this.spec.training.shuffle) return permutation(count, this.spec.seed, epoch);
    return Uint32Array.from({ length: count }, (_, index) => index);
  }
}
