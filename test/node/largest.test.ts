// The threshold of the k largest magnitudes, against sorting.

import { expect } from 'chai';
import fc from 'fast-check';
import { largestFinder } from '../../node/largest.js';

const BITS = new Int32Array(1);
const FLOAT = new Float32Array(BITS.buffer);

function magnitudeBits(value: number): number {
  FLOAT[0] = value;
  return (BITS[0] as number) & 0x7fffffff;
}

/** Few different values, so that there are ties, or any. */
const someValues = fc.oneof(
  fc.array(fc.constantFrom(0, -0, 1, -1, 1.5, 1e-40, Number.POSITIVE_INFINITY, Number.NaN), {
    minLength: 1,
    maxLength: 60,
  }),
  fc.array(fc.float(), { minLength: 1, maxLength: 300 }),
);

describe('the threshold of the largest', () => {
  it('is the magnitude that sorting gives the k-th place, with as many ties as still belong to them', () => {
    const find = largestFinder();
    fc.assert(
      fc.property(someValues, fc.nat(), (values, seed) => {
        const k = 1 + (seed % values.length);
        const sorted = values.map(magnitudeBits).sort((a, b) => b - a);
        const bits = sorted[k - 1] as number;
        const above = sorted.filter((each) => each > bits).length;
        expect({ ...find(Float32Array.from(values), k) }).to.deep.equal({ bits, ties: k - above });
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('leaves the values where they are', () => {
    const values = Float32Array.of(3, -1, Number.NaN, 2);
    largestFinder()(values, 2);
    expect(values).to.deep.equal(Float32Array.of(3, -1, Number.NaN, 2));
  });
});
