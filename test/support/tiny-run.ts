// The run that the tests of commands train: a small model on 150 flowers, which a fleet of processes does in seconds.

import { resolve } from 'node:path';

const IRIS = resolve(import.meta.dirname, '../../../examples/data/iris.csv');

/** @param changes to the run file, the training among them */
export function tinyRun({
  training = {},
  ...changes
}: {
  readonly training?: object;
  readonly [key: string]: unknown;
}): object {
  return {
    name: 'tiny',
    data: { source: 'csv', path: IRIS, target: 'species' },
    model: {
      layers: [
        { type: 'dense', units: 8, activation: 'tanh' },
        { type: 'dense', units: 3 },
      ],
    },
    loss: 'softmaxCrossEntropy',
    training: { batch: 20, ...training },
    ...changes,
  };
}
