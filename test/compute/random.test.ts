import { expect } from 'chai';
import fc from 'fast-check';
import { fillNormal, fillUniform, multiplyHigh, permutation, philox, uniform } from '../../compute/random.js';

const RUN = { seed: 20261121 };

function hex(words: Uint32Array): string {
  return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join(' ');
}

function moments(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

describe('random', () => {
  const word = fc.integer({ min: 0, max: 0xffffffff });

  it('multiplies to the upper 32 bits exactly', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(multiplyHigh(a, b)).to.equal(Number((BigInt(a) * BigInt(b)) >> 32n));
      }),
      RUN,
    );
    expect(multiplyHigh(0xffffffff, 0xffffffff)).to.equal(0xfffffffe);
  });

  // Known answers published with Random123 (kat_vectors, philox4x32 10).
  it('gives the published known answers', () => {
    const out = new Uint32Array(4);
    const ones = 0xffffffff;
    expect(hex(philox(out, 0, 0, 0, 0, 0, 0))).to.equal('6627e8d5 e169c58d bc57ac4c 9b00dbd8');
    expect(hex(philox(out, ones, ones, ones, ones, ones, ones))).to.equal('408f276d 41c83b0e a20bc7c6 6d5451fd');
    expect(hex(philox(out, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0))).to.equal(
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    );
  });

  it('turns words into floats in [0, 1)', () => {
    expect(uniform(0)).to.equal(0);
    expect(uniform(0xffffffff)).to.equal(Math.fround(1 - 2 ** -24));
  });

  it('permutes: every index once, and the same again for the same seed and epoch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), word, word, (count, seed, epoch) => {
        const order = permutation(count, seed, epoch);
        expect(Array.from(order).sort((a, b) => a - b)).to.deep.equal(Array.from({ length: count }, (_, i) => i));
        expect(permutation(count, seed, epoch)).to.deep.equal(order);
      }),
      RUN,
    );
    expect(permutation(100, 1, 0)).to.not.deep.equal(permutation(100, 1, 1));
    expect(permutation(100, 1, 0)).to.not.deep.equal(permutation(100, 2, 0));
  });

  it('permutes without bias: all six orders of three are equally frequent', () => {
    const counts = new Map<string, number>();
    const trials = 6000;
    for (let epoch = 0; epoch < trials; epoch++) {
      const order = permutation(3, 7, epoch).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).to.equal(6);
    // Binomial with p = 1/6: standard deviation 29; five of them.
    for (const count of counts.values()) expect(count).to.be.closeTo(trials / 6, 145);
  });

  it('fills uniformly within the limit', () => {
    const values = new Float32Array(40_000);
    fillUniform(values, 0.3, 42, 3, 0);
    const { mean, deviation } = moments(values);
    expect(mean).to.be.closeTo(0, 0.005);
    expect(deviation).to.be.closeTo(0.3 / Math.sqrt(3), 0.003);
    expect(values.every((value) => Math.abs(value) <= Math.fround(0.3))).to.equal(true);
  });

  it('fills with a normal cut at two sigma that has the deviation asked for', () => {
    const values = new Float32Array(40_000);
    fillNormal(values, 0.05, 42, 3, 0);
    const { mean, deviation } = moments(values);
    expect(mean).to.be.closeTo(0, 0.001);
    expect(deviation).to.be.closeTo(0.05, 0.001);
    const cut = (2 * 0.05) / 0.8796256610342398;
    expect(values.every((value) => Math.abs(value) <= Math.fround(cut))).to.equal(true);
    expect(values.some((value) => Math.abs(value) > 0.95 * cut)).to.equal(true);
  });

  it('draws different numbers for every seed, layer and parameter, and a longer tensor begins the same', () => {
    for (const fill of [fillUniform, fillNormal]) {
      const draw = (length: number, seed: number, layer: number, parameter: number): Float32Array => {
        const values = new Float32Array(length);
        fill(values, 1, seed, layer, parameter);
        return values;
      };
      const base = draw(17, 1, 2, 0);
      expect(draw(17, 2, 2, 0)).to.not.deep.equal(base);
      expect(draw(17, 1, 3, 0)).to.not.deep.equal(base);
      expect(draw(17, 1, 2, 1)).to.not.deep.equal(base);
      expect(draw(33, 1, 2, 0).subarray(0, 17)).to.deep.equal(base);
    }
  });
});
