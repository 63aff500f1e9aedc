// A data source whose samples tell which they are: every value of sample i is i + 1, its target i.

import type { DataSource, Split } from '../../data/data-source.js';

export interface FakeSourceOptions {
  readonly train?: number;
  readonly test?: number;
  readonly sampleShape?: readonly number[];
  readonly targetShape?: readonly number[];
  readonly classNames?: readonly string[] | undefined;
}

export function fakeSource({
  train = 12,
  test = 5,
  sampleShape = [2],
  targetShape = [1],
  ...others
}: FakeSourceOptions = {}): DataSource {
  return {
    name: 'fake',
    train: fakeSplit(train, sampleShape, targetShape),
    test: fakeSplit(test, sampleShape, targetShape),
    classNames: 'classNames' in others ? others.classNames : ['a', 'b', 'c'],
  };
}

function fakeSplit(count: number, sampleShape: readonly number[], targetShape: readonly number[]): Split {
  const size = sampleShape.reduce((product, extent) => product * extent, 1);
  return {
    count,
    sampleShape,
    targetShape,
    read(indices, samples, targets) {
      for (let row = 0; row < indices.length; row++) {
        const index = indices[row] as number;
        samples.fill(index + 1, row * size, (row + 1) * size);
        targets[row] = index;
      }
    },
  };
}
