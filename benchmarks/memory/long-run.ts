// A run of thousands of small steps. Weights of 64 x 64 a layer: messages and updates are what a run of any
// size has, at small cost.

import { join } from 'node:path';
import type { EngineName } from '../../compute/kernels.js';

export const MICRO_BATCHES = 3;
const HIDDEN_LAYERS = 7;

export function longRun(steps: number, examples: string, engine: EngineName | 'auto'): object {
  const dense = { type: 'dense', units: 64, activation: 'relu' };
  return {
    name: 'steady',
    data: { source: 'csv', path: join(examples, 'data/iris.csv'), target: 'species' },
    model: { layers: [...Array.from({ length: HIDDEN_LAYERS }, () => dense), { type: 'dense', units: 3 }] },
    loss: 'softmaxCrossEntropy',
    optimizer: { type: 'sgd', learningRate: 0.001 },
    training: { epochs: steps, steps, batch: 12, microBatches: MICRO_BATCHES },
    engine,
  };
}
