// int8 by blocks: what a scale is, how far off a value may be, and that nothing that is no number is lost.

import { expect } from 'chai';
import fc from 'fast-check';
import { decodeInt8, encodeInt8, INT8_BLOCK, int8Scales } from '../../protocol/int8-blocks.js';

function encoded(values: Float32Array) {
  const quotients = new Int8Array(values.length);
  const scales = new Float32Array(int8Scales(values.length));
  encodeInt8(values, quotients, scales);
  return { quotients, scales };
}

function rounded(values: Float32Array): Float32Array {
  const { quotients, scales } = encoded(values);
  const result = new Float32Array(values.length).fill(7);
  decodeInt8(quotients, scales, result);
  return result;
}

const someValues = fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 200 });

describe('the wire dtype int8', () => {
  it('has a scale for each 64 elements, and one for the rest', () => {
    expect([0, 1, 64, 65, 128].map(int8Scales)).to.deep.equal([0, 1, 1, 2, 2]);
    const values = new Float32Array(2 * INT8_BLOCK + 1).fill(127, 0, INT8_BLOCK).fill(-254, INT8_BLOCK);
    const { quotients, scales } = encoded(values);
    expect([...scales]).to.deep.equal([1, 2, 2]);
    expect(new Set(quotients)).to.deep.equal(new Set([127, -127]));
  });

  it('rounds to the nearest multiple of the scale, ties to even', () => {
    const { quotients, scales } = encoded(Float32Array.of(127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.4, 0, -127));
    expect([...scales]).to.deep.equal([1]);
    expect([...quotients]).to.deep.equal([127, 0, 2, 2, 0, -2, -2, 0, -127]);
  });

  it('has scale 0 for a block of zeros', () => {
    const { quotients, scales } = encoded(new Float32Array(3));
    expect([...quotients, ...scales]).to.deep.equal([0, 0, 0, 0]);
    expect(rounded(new Float32Array(3))).to.deep.equal(new Float32Array(3));
  });

  it('errs by at most half a scale, the largest magnitude / 127', () => {
    fc.assert(
      fc.property(someValues, (values) => {
        const { scales } = encoded(values);
        for (const [index, value] of rounded(values).entries()) {
          const scale = scales[Math.floor(index / INT8_BLOCK)] as number;
          if (scale === 0) expect(Math.abs(values[index] as number)).to.be.below(1.6e-36);
          else expect(Math.abs(value - (values[index] as number))).to.be.at.most(scale / 2);
        }
        for (const [block, scale] of scales.entries()) {
          const part = values.subarray(block * INT8_BLOCK, (block + 1) * INT8_BLOCK);
          const largest = Math.max(...part.map(Math.abs));
          if (scale > 0) expect((127 * scale) / largest).to.be.within(1 - 2 ** -16, 1 + 2 ** -16);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('writes what it has read as it was, to the last bit', () => {
    fc.assert(
      fc.property(someValues, (values) => {
        const once = rounded(values);
        expect(rounded(once)).to.deep.equal(once);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  for (const bad of [Number.NaN, Infinity, -Infinity]) {
    it(`lets no ${bad} vanish: its whole block is none any more, the others are untouched`, () => {
      const values = new Float32Array(3 * INT8_BLOCK).fill(127);
      values[INT8_BLOCK + 5] = bad;
      const result = rounded(values);
      expect(result.subarray(INT8_BLOCK, 2 * INT8_BLOCK).every(Number.isNaN)).to.equal(true);
      expect([...result.subarray(0, INT8_BLOCK), ...result.subarray(2 * INT8_BLOCK)].every((x) => x === 127)).to.equal(
        true,
      );
    });
  }

  it('takes the largest and the smallest values there are', () => {
    const largest = 3.4028234663852886e38;
    expect(rounded(Float32Array.of(largest, -largest)).every((x) => Math.abs(x / largest) > 0.999)).to.equal(true);
    expect(rounded(Float32Array.of(1e-36, -1e-45))).to.deep.equal(new Float32Array(2));
  });
});
