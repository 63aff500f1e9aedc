// The order of the data: which sample stands at each position of a run, and so which samples make up micro-batch
// `micro` of step `step`, or a worker's share. A function of the seed alone, so that a run can go on from any step
// and the one-process reference sees the same.

import { permutation } from '../compute/random.js';
import { sizeOf } from '../compute/tensor.js';
import { DataError } from '../errors.js';
import type { RunSpec } from '../protocol/run-spec.js';
import type { DataSource, Split } from './data-source.js';

export interface MicroBatch {
  /** `[rows, ...sample shape]`, owned by the receiver; as many rows as a micro-batch has or as were asked for. */
  readonly data: Float32Array;
  /** `[rows, ...target shape]` */
  readonly targets: Float32Array;
  /** Rows that count; fewer than there are only at the end of an evaluation. */
  readonly samples: number;
}

export class Batches {
  readonly stepsPerEpoch: number;
  readonly steps: number;
  readonly evaluationMicroBatches: number;
  private readonly microBatch: number;
  private readonly samplesPerEpoch: number;
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
    this.samplesPerEpoch = this.stepsPerEpoch * batch;
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
    return this.samples(step * this.spec.training.batch + micro * this.microBatch, this.microBatch);
  }

  /**
   * The samples at the positions `first` to `first + count - 1` of the run, counted from 0 over all its epochs, where an
   * epoch has `stepsPerEpoch` batches. They may straddle the end of an epoch, or of several.
   */
  samples(first: number, count: number): MicroBatch {
    const indices = new Uint32Array(count);
    for (let found = 0; found < count; ) {
      const place = (first + found) % this.samplesPerEpoch;
      const epoch = Math.floor((first + found) / this.samplesPerEpoch);
      const end = Math.min(place + count - found, this.samplesPerEpoch);
      indices.set(this.orderOf(epoch).subarray(place, end), found);
      found += end - place;
    }
    return this.read(this.source.train, indices, count);
  }

  /** In the order of the held-out set; the last one is padded with zeros. */
  evaluation(micro: number): MicroBatch {
    const first = micro * this.microBatch;
    const end = Math.min(first + this.microBatch, this.source.test.count);
    return this.read(
      this.source.test,
      Uint32Array.from({ length: end - first }, (_, index) => first + index),
      this.microBatch,
    );
  }

  private read(split: Split, indices: Uint32Array, rows: number): MicroBatch {
    const data = new Float32Array(rows * sizeOf(split.sampleShape));
    const targets = new Float32Array(rows * sizeOf(split.targetShape));
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
