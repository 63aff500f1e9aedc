// The stash: as many slots as the window admits, each held by one micro-batch at a time.

import { expect } from 'chai';
import { plainEngine } from '../../compute/engines/plain.js';
import { buildModel } from '../../compute/model.js';
import { Stash } from '../../node/stash.js';
import { SMALL } from './sample-runs.js';

describe('Stash', () => {
  let stash: Stash;

  beforeEach(async () => {
    const { arena } = await plainEngine(4096);
    stash = new Stash(arena, buildModel(SMALL), SMALL.inputShape, 4, 2);
  });

  it('keeps micro-batches apart', () => {
    const [first, second] = [stash.take(0, 0), stash.take(0, 1)];
    expect(first.values[0]!.offset).not.to.equal(second.values[0]!.offset);
    expect(stash.peek(0, 0)).to.equal(first);
    expect(stash.release(0, 1)).to.equal(second);
  });

  it('holds the input and every layer’s output', () => {
    const shapes = stash.take(0, 0).values.map(({ shape }) => [...shape]);
    expect(shapes).to.deep.equal([
      [4, 2, 3],
      [4, 6],
      [4, 7],
      [4, 7],
      [4, 7],
      [4, 5],
      [4, 5],
      [4, 4],
    ]);
  });

  it('gives a released slot to the next', () => {
    const first = stash.take(0, 0);
    stash.take(0, 1);
    stash.release(0, 0);
    expect(stash.take(0, 2)).to.equal(first);
  });

  it('fails beyond its slots, and for what it does not hold', () => {
    stash.take(3, 0);
    stash.take(3, 1);
    expect(() => stash.take(3, 2)).to.throw(RangeError, 'no stash slot left for step 3, micro-batch 2');
    stash.release(3, 0);
    expect(() => stash.release(3, 0)).to.throw(RangeError, 'no stash for step 3, micro-batch 0');
    expect(() => stash.peek(2, 1)).to.throw(RangeError, 'no stash for step 2, micro-batch 1');
  });
});
