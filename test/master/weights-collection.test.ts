// The stages' weights at the end of a run: in any order, each once, and no others.

import { expect } from 'chai';
import { WeightsCollection } from '../../master/weights-collection.js';
import type { TransferKey } from '../../protocol/chunks.js';

const fileOf = (position: number) => Uint8Array.of(position);
const keyOf = (from: number, content: TransferKey['content'] = 'weights'): TransferKey => {
  return { run: 'run', generation: 0, content, from, step: 9, firstLayer: from, endLayer: from + 1 };
};

describe('weights collection', () => {
  const collect = () => {
    const complete: number[][] = [];
    const collection = new WeightsCollection(3, (files) => complete.push(files.map(([position]) => position!)));
    return { collection, complete };
  };

  it('gives the files in the order of the layers: boards first, the master last', () => {
    const { collection, complete } = collect();
    collection.add(0, fileOf(0));
    collection.take(keyOf(2), fileOf(2));
    expect(complete).to.deep.equal([]);
    collection.take(keyOf(1), fileOf(1));
    expect(complete).to.deep.equal([[1, 2, 0]]);
  });

  it('takes each file once', () => {
    const { collection, complete } = collect();
    collection.take(keyOf(1), fileOf(1));
    collection.take(keyOf(1), fileOf(7));
    collection.take(keyOf(2), fileOf(2));
    collection.add(0, fileOf(0));
    collection.add(0, fileOf(8));
    expect(complete).to.deep.equal([[1, 2, 0]]);
  });

  it('ignores snapshots, positions that are none, and who says to be the master', () => {
    const { collection, complete } = collect();
    collection.take(keyOf(1, 'snapshot'), fileOf(9));
    for (const position of [0, 3]) collection.take(keyOf(position), fileOf(9));
    collection.add(0, fileOf(0));
    collection.take(keyOf(2), fileOf(2));
    expect(complete).to.deep.equal([]);
    collection.take(keyOf(1), fileOf(1));
    expect(complete).to.deep.equal([[1, 2, 0]]);
  });
});
