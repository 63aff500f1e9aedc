// The run whose losses are compared with PyTorch's: 784-128-10 on the handwritten digits, SGD with
// momentum, 50 batches. The exporter and the test share it, so that both frameworks get the same bytes.

import { permutation } from '../../compute/random.js';
import { openDataSource } from '../../data/open-data-source.js';
import type { StageSpec } from '../../node/build.js';

const SEED = 1;
export const STEPS = 50;
const INPUTS = 28 * 28;

/** The whole model as one stage. */
export const DIGITS_RUN: StageSpec = {
  inputShape: [28, 28],
  layers: [{ type: 'flatten' }, { type: 'dense', units: 128, activation: 'relu' }, { type: 'dense', units: 10 }],
  seed: SEED,
  firstLayer: 0,
  endLayer: 4,
  last: true,
  loss: 'softmaxCrossEntropy',
  optimizer: { type: 'sgd', learningRate: 0.1, momentum: 0.9 },
  batch: 32,
  microBatches: 4,
  schedule: 'sync',
  window: 1,
};

export interface Batches {
  /** `[steps * batch]`: rows of the training split, in the order of training. */
  readonly order: Uint32Array;
  /** `[steps * batch, 28 * 28]` */
  readonly samples: Float32Array;
  /** `[steps * batch]` */
  readonly labels: Float32Array;
}

/** The first batches of epoch 0, in the order in which a master streams them. */
export async function readBatches(): Promise<Batches> {
  const { train } = await openDataSource({ source: 'mnist' }, { seed: SEED, folders: ['.'] });
  const order = permutation(train.count, SEED, 0).subarray(0, STEPS * DIGITS_RUN.batch);
  const samples = new Float32Array(order.length * INPUTS);
  const labels = new Float32Array(order.length);
  train.read(order, samples, labels);
  return { order, samples, labels };
}
