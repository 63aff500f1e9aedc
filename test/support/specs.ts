// Runs that are done in a second, on the irises that come with the project.

import { type ResolvedRunSpec, resolvedRunSpecSchema } from '../../protocol/run-spec.js';

type Dense = { type: 'dense'; units: number; activation?: 'relu' | 'tanh' };

export const IRIS = { source: 'csv', path: 'data/iris.csv', target: 'species' } as const;

/** Eleven weighted layers and two of dropout. */
const DEEP = [
  ...Array.from({ length: 5 }, (): Dense => ({ type: 'dense', units: 12, activation: 'tanh' })),
  { type: 'dropout', rate: 0.2 },
  ...Array.from({ length: 5 }, (): Dense => ({ type: 'dense', units: 12, activation: 'relu' })),
  { type: 'dropout', rate: 0.1 },
  { type: 'dense', units: 3 },
];

/** A run as a user would write it, with `changes` to its training. */
export function deepRun(training: object = {}, changes: object = {}): object {
  return {
    name: 'deep',
    data: IRIS,
    model: { layers: DEEP },
    loss: 'softmaxCrossEntropy',
    optimizer: { type: 'sgd', learningRate: 0.05, momentum: 0.9 },
    training: { epochs: 2, batch: 24, microBatches: 4, ...training },
    ...changes,
  };
}

/** Two dense layers, five layers in all with the activations. */
export function smallRun(training: object = {}, changes: object = {}): object {
  return {
    name: 'small',
    data: IRIS,
    model: {
      layers: [
        { type: 'dense', units: 8, activation: 'tanh' },
        { type: 'dense', units: 8, activation: 'tanh' },
        { type: 'dense', units: 3 },
      ],
    },
    loss: 'softmaxCrossEntropy',
    optimizer: { type: 'adam', learningRate: 0.02 },
    training: { epochs: 2, batch: 12, microBatches: 3, ...training },
    ...changes,
  };
}

/** With its defaults, and the engine `wasm` unless it says another. */
export function specOf(run: object): ResolvedRunSpec {
  return resolvedRunSpecSchema.parse({ engine: 'wasm', ...run });
}
