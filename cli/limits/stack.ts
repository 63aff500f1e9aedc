// The model that grows: equal dense layers between one that takes the digits and one that names them. One layer is a
// small share of a board's memory, so that their number tells how much fits.

import { parametersOf } from '../../compute/cost.js';
import type { EngineName } from '../../compute/kernels.js';
import { buildModel } from '../../compute/model.js';
import { type Mode, type RunSpec, runSpecSchema } from '../../protocol/run-spec.js';

export interface Stack {
  readonly mode: Mode;
  readonly boards: number;
  /** How many of the equal ones. */
  readonly layers: number;
  readonly width: number;
  readonly engine: EngineName | 'auto';
}

const DIGIT = [28, 28];
const CLASSES = 10;
const STEPS = 3;
/** A share for each of as many boards, and four micro-batches. */
const BATCH = 64;
const FLOAT_BYTES = 4;
/** Weights, their gradients and their momentum: what a layer of the ring keeps all the time. */
const KEPT = 3;
/** Products of a multiple of this leave no rest. */
const MULTIPLE = 16;

/** The width at which a layer takes the given share of a board's memory. */
export function widthFor(memoryBytes: number, share: number): number {
  const width = Math.sqrt((share * memoryBytes) / (KEPT * FLOAT_BYTES));
  return Math.max(MULTIPLE, Math.round(width / MULTIPLE) * MULTIPLE);
}

/** Were only weights kept, no more would fit on so many boards. */
export function mostLayers(boards: number, share: number): number {
  return Math.ceil((KEPT * boards) / share);
}

/** Little data and few steps: what counts is whether it trains at all. Optimizer and links are those of the comparison. */
export function stackSpec({ mode, boards, layers, width, engine }: Stack): RunSpec {
  const dense = { type: 'dense', units: width, activation: 'relu', kernelInitializer: 'heNormal' };
  return runSpecSchema.parse({
    name: 'limits',
    data: { source: 'mnist', holdOut: BATCH },
    model: {
      layers: [
        { type: 'flatten' },
        ...Array.from({ length: layers + 1 }, () => dense),
        { type: 'dense', units: CLASSES },
      ],
    },
    loss: 'softmaxCrossEntropy',
    // So small that no depth lets it diverge.
    optimizer: { type: 'sgd', learningRate: 1e-4, momentum: 0.9 },
    training: { steps: STEPS, batch: BATCH, microBatches: 4 },
    boards,
    mode,
    engine,
    links: 'direct',
  });
}

export function parametersIn({ model, seed }: RunSpec): number {
  return parametersOf(buildModel({ inputShape: DIGIT, layers: model.layers, seed }));
}
