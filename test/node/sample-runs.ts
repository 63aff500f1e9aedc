// Small models with every kind of layer, and batches for them, for the tests of the node.

import type { StageSpec } from '../../node/build.js';
import type { Worker } from '../../node/worker.js';
import { mulberry32 } from '../support/finite-differences.js';

/** flatten_0, dense_1, activation_2, dropout_3, dense_4, activation_5 (softmax), dense_6: one stage. */
export const SMALL: StageSpec = {
  inputShape: [2, 3],
  layers: [
    { type: 'flatten' },
    { type: 'dense', units: 7, activation: 'tanh' },
    { type: 'dropout', rate: 0.25 },
    { type: 'dense', units: 5, activation: 'softmax' },
    { type: 'dense', units: 4, useBias: false },
  ],
  seed: 5,
  firstLayer: 0,
  endLayer: 7,
  last: true,
  loss: 'softmaxCrossEntropy',
  optimizer: { type: 'sgd', learningRate: 0.5, momentum: 0.9 },
  batch: 8,
  microBatches: 2,
  schedule: 'sync',
  window: 2,
};

export const SMALL_CLASSES = 4;

/** The layers from `firstLayer` up to, not including, `endLayer`. */
export function partOf(spec: StageSpec, firstLayer: number, endLayer: number): StageSpec {
  return { ...spec, firstLayer, endLayer, last: spec.last && endLayer === spec.endLayer };
}

export interface MicroBatch {
  readonly data: Float32Array;
  readonly targets: Float32Array;
}

/** A step's samples and class indices, cut into `microBatches`; the same samples for any number of them. */
export function batchOf(spec: StageSpec, classes: number, step: number): MicroBatch[] {
  const random = mulberry32(1000 + step);
  const width = spec.inputShape.reduce((product, extent) => product * extent, 1);
  const data = Float32Array.from({ length: spec.batch * width }, () => 2 * random() - 1);
  const targets = Float32Array.from({ length: spec.batch }, () => Math.floor(random() * classes));
  const size = spec.batch / spec.microBatches;
  return Array.from({ length: spec.microBatches }, (_, micro) => ({
    data: data.slice(micro * size * width, (micro + 1) * size * width),
    targets: targets.slice(micro * size, (micro + 1) * size),
  }));
}

/** Forward and backward of a whole step, one micro-batch after the other; the sum of the losses. */
export function gradientStep(worker: Worker, batch: readonly MicroBatch[], step: number): number {
  let total = 0;
  for (const [micro, { data, targets }] of batch.entries()) {
    worker.forward(step, micro, data);
    total += worker.backwardFromLoss(step, micro, targets).loss;
  }
  return total;
}
