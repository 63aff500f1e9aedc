// Softmax and its gradient.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Engine } from '../../../compute/kernels.js';
import { floatsOf } from '../../../compute/tensor.js';
import { type Bench, expectClose, extent, generator, ROUNDING, rows, seedOf } from '../../support/engine-bench.js';
import * as reference from '../../support/reference-kernels.js';

export function softmaxContract(subject: () => Bench): void {
  describe('softmax', () => {
    let bench: Bench;
    let engine: Engine;

    before(() => {
      bench = subject();
      engine = bench.engine;
    });

    const matrix = fc.record({ m: extent, n: extent, seed: seedOf, inPlace: fc.boolean() });

    it('computes softmax', () => {
      bench.check(matrix, ({ m, n, seed, inPlace }) => {
        const random = generator(seed);
        const x = bench.tensor([m, n], () => 40 * (random() - 0.5));
        const expected = rows(x).flatMap(reference.softmax);
        const y = inPlace ? x : bench.tensor([m, n]);
        engine.kernels.softmax(y, x);
        // The argument's own rounding, at most 40 x 2^-24 absolute, is a relative error of the power.
        expectClose(floatsOf(y), expected, (40 + n) * ROUNDING);
      });
    });

    it('computes the gradient of softmax', () => {
      bench.check(matrix, ({ m, n, seed, inPlace }) => {
        const random = generator(seed);
        const y = bench.tensor([m, n], () => random() / n);
        const dY = bench.tensor([m, n], () => random() - 0.5);
        const expected = rows(dY).flatMap((row, i) => reference.softmaxGradient(row, rows(y)[i] as number[]));
        const dX = inPlace ? dY : bench.tensor([m, n]);
        engine.kernels.softmaxGradient(dX, dY, y);
        expectClose(floatsOf(dX), expected, 4 * ROUNDING, (4 + n) * ROUNDING * (1 / n));
      });
    });

    it('does not overflow, and lets a NaN through into its row', () => {
      const x = bench.tensor([3, 5], (index) => (index === 7 ? Number.NaN : 1000 * index));
      const y = bench.tensor([3, 5]);
      engine.kernels.softmax(y, x);
      expect(rows(y)[0]).to.deep.equal([0, 0, 0, 0, 1]);
      expect(rows(y)[1]?.every(Number.isNaN)).to.equal(true);
      expect(rows(y)[2]).to.deep.equal([0, 0, 0, 0, 1]);
    });
  });
}
