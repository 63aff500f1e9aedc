import { expect } from 'chai';
import fc from 'fast-check';
import { sharesOf } from '../../simulation/shares.js';
import { evenRun } from './scenarios.js';

function shares(batch: number, gflops: readonly number[], consistency = 'bsp') {
  return sharesOf(evenRun(1, { training: { batch, microBatches: 1 }, star: { consistency } }), gflops);
}

describe('sharesOf', () => {
  it('follows the speed under bsp, and is equal otherwise', () => {
    expect(shares(40, [1, 1, 2])).to.deep.equal([10, 10, 20]);
    expect(shares(40, [1, 1, 2], 'asp')).to.deep.equal([14, 13, 13]);
  });

  it('adds up to the batch, with something for everybody', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 }),
        fc.nat({ max: 200 }),
        (gflops, more) => {
          const all = shares(gflops.length + more, gflops);
          expect(all.reduce((sum, share) => sum + share, 0)).to.equal(gflops.length + more);
          expect(Math.min(...all)).to.be.at.least(1);
        },
      ),
      { seed: 1 },
    );
  });
});
