// The products of a dense layer: shapes on both sides of every tile and block, equal bits for equal shapes.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Engine } from '../../../compute/kernels.js';
import { floatsOf } from '../../../compute/tensor.js';
import { ComputeError } from '../../../errors.js';
import { type Bench, expectClose, extent, generator, ROUNDING, rows, seedOf } from '../../support/engine-bench.js';
import * as reference from '../../support/reference-kernels.js';

export function denseContract(subject: () => Bench): void {
  describe('dense', () => {
    let bench: Bench;
    let engine: Engine;

    before(() => {
      bench = subject();
      engine = bench.engine;
    });

    const shapes = fc.record({ m: extent, k: extent, n: extent, seed: seedOf });

    // A sum of k products of numbers up to 1 is off by at most (k + 1) roundings of the sum of magnitudes.
    const bound = (k: number): number => 2 * (k + 2) ** 2 * ROUNDING * 0.3;

    it('multiplies and adds the bias', () => {
      bench.check(fc.tuple(shapes, fc.boolean()), ([{ m, k, n, seed }, biased]) => {
        const random = generator(seed);
        const x = bench.tensor([m, k], () => random() - 0.5);
        const w = bench.tensor([k, n], () => random() - 0.5);
        const b = biased ? bench.tensor([n], () => random() - 0.5) : null;
        const y = bench.tensor([m, n]);
        engine.kernels.dense(y, x, w, b);
        const bias = b === null ? new Array<number>(n).fill(0) : (rows(b)[0] as number[]);
        const expected = reference.add(
          reference.product(rows(x), rows(w)),
          rows(x).map(() => bias),
        );
        expectClose(floatsOf(y), expected.flat(), ROUNDING, bound(k));
      });
    });

    const scaleOf = fc.constantFrom(1, -0.5, -0.01 / 32);

    it('adds the scaled gradient of the weights to what is kept', () => {
      bench.check(fc.tuple(shapes, scaleOf, fc.boolean()), ([{ m, k, n, seed }, scale, keep]) => {
        const random = generator(seed);
        const x = bench.tensor([m, k], () => random() - 0.5);
        const dY = bench.tensor([m, n], () => random() - 0.5);
        const dW = bench.tensor([k, n], () => (keep ? random() - 0.5 : Number.NaN));
        const gradient = reference.product(reference.transpose(rows(x)), rows(dY)).flat();
        const expected = gradient.map((value, i) => (keep ? (floatsOf(dW)[i] as number) : 0) + scale * value);
        engine.kernels.denseGradientWeights(dW, x, dY, scale, keep);
        expectClose(floatsOf(dW), expected, 4 * ROUNDING, 2 * bound(m));
      });
    });

    it('adds the scaled gradient of the bias to what is kept', () => {
      bench.check(fc.tuple(shapes, scaleOf, fc.boolean()), ([{ m, n, seed }, scale, keep]) => {
        const random = generator(seed);
        const dY = bench.tensor([m, n], () => random() - 0.5);
        const db = bench.tensor([n], () => (keep ? random() - 0.5 : Number.NaN));
        const sums = reference.sumRows(rows(dY));
        const expected = sums.map((sum, j) => (keep ? (floatsOf(db)[j] as number) : 0) + scale * sum);
        engine.kernels.denseGradientBias(db, dY, scale, keep);
        expectClose(floatsOf(db), expected, 4 * ROUNDING, 2 * bound(m));
      });
    });

    it('overwrites with what it would have added to zeros, to the bit', () => {
      bench.check(shapes, ({ m, k, n, seed }) => {
        const random = generator(seed);
        const x = bench.tensor([m, k], () => random() - 0.5);
        const dY = bench.tensor([m, n], () => random() - 0.5);
        const gradients = [false, true].map((keep) => {
          const dW = bench.tensor([k, n], () => (keep ? 0 : Number.NaN));
          const db = bench.tensor([n], () => (keep ? 0 : Number.NaN));
          engine.kernels.denseGradientWeights(dW, x, dY, 1, keep);
          engine.kernels.denseGradientBias(db, dY, 1, keep);
          return [...floatsOf(dW), ...floatsOf(db)];
        });
        expectClose(gradients[0] as number[], gradients[1] as number[], 0);
      });
    });

    it('gives the gradient of the input', () => {
      bench.check(shapes, ({ m, k, n, seed }) => {
        const random = generator(seed);
        const dY = bench.tensor([m, n], () => random() - 0.5);
        const w = bench.tensor([k, n], () => random() - 0.5);
        const dX = bench.tensor([m, k]);
        engine.kernels.denseGradientInput(dX, dY, w);
        const expected = reference.product(rows(dY), reference.transpose(rows(w)));
        expectClose(floatsOf(dX), expected.flat(), ROUNDING, bound(n));
      });
    });

    it('does so across block boundaries', () => {
      for (const [m, k, n] of [
        [5, 700, 9],
        [300, 5, 13],
        [6, 11, 530],
        [1, 513, 257],
        [3, 257, 300],
      ] as const) {
        bench.reset();
        const random = generator(m + k + n);
        const x = bench.tensor([m, k], () => random() - 0.5);
        const w = bench.tensor([k, n], () => random() - 0.5);
        const dY = bench.tensor([m, n], () => random() - 0.5);
        const [y, dX, dW] = [bench.tensor([m, n]), bench.tensor([m, k]), bench.tensor([k, n])];
        engine.kernels.dense(y, x, w, null);
        engine.kernels.denseGradientInput(dX, dY, w);
        engine.kernels.denseGradientWeights(dW, x, dY, 1, false);
        // Statistical, not worst case: random roundings grow with the root of the length.
        expectClose(floatsOf(y), reference.product(rows(x), rows(w)).flat(), 0, 2e-5);
        expectClose(floatsOf(dX), reference.product(rows(dY), reference.transpose(rows(w))).flat(), 0, 2e-5);
        expectClose(floatsOf(dW), reference.product(reference.transpose(rows(x)), rows(dY)).flat(), 0, 2e-5);
        bench.checkGuards();
      }
    });

    it('gives equal bits for equal shapes, wherever the tensors lie', () => {
      bench.check(
        shapes,
        ({ m, k, n, seed }) => {
          const results = [0, 3].map((shift) => {
            bench.reset();
            bench.tensor([shift + 1], () => 0);
            const random = generator(seed);
            const x = bench.tensor([m, k], () => random() - 0.5);
            const w = bench.tensor([k, n], () => random() - 0.5);
            const dY = bench.tensor([m, n], () => random() - 0.5);
            const [y, dX, dW] = [bench.tensor([m, n]), bench.tensor([m, k]), bench.tensor([k, n])];
            engine.kernels.dense(y, x, w, null);
            engine.kernels.denseGradientInput(dX, dY, w);
            engine.kernels.denseGradientWeights(dW, x, dY, 1, false);
            return [y, dX, dW].map((tensor) => Array.from(floatsOf(tensor)));
          });
          expect(results[1]).to.deep.equal(results[0]);
        },
        20,
      );
    });

    it('gives a row the same bits whatever rows it is batched with', function () {
      // A BLAS chooses its kernels by the shape. No result rests on this: a micro-batch is never cut further.
      if (engine.name === 'blas') this.skip();
      bench.check(
        shapes,
        ({ m, k, n, seed }) => {
          const random = generator(seed);
          const x = bench.tensor([m, k], () => random() - 0.5);
          const w = bench.tensor([k, n], () => random() - 0.5);
          const [y, alone] = [bench.tensor([m, n]), bench.tensor([1, n])];
          engine.kernels.dense(y, x, w, null);
          const first = bench.tensor([1, k], (index) => floatsOf(x)[index] as number);
          engine.kernels.dense(alone, first, w, null);
          expect(Array.from(floatsOf(alone))).to.deep.equal(rows(y)[0]);
        },
        20,
      );
    });

    it('lets a NaN through, into its row or column alone', () => {
      const [m, k, n] = [5, 9, 11];
      const x = bench.tensor([m, k], (index) => (index === 2 * k + 3 ? Number.NaN : 1));
      const w = bench.tensor([k, n], () => 0);
      const dY = bench.tensor([m, n], () => 0);
      const [y, dW] = [bench.tensor([m, n]), bench.tensor([k, n])];
      engine.kernels.dense(y, x, w, null);
      engine.kernels.denseGradientWeights(dW, x, dY, 1, false);
      expect(rows(y).map((row) => row.every(Number.isNaN))).to.deep.equal([false, false, true, false, false]);
      expect(rows(y).map((row) => row.some(Number.isNaN))).to.deep.equal([false, false, true, false, false]);
      expect(rows(dW).map((row) => row.every(Number.isNaN))[3]).to.equal(true);
      expect(rows(dW).filter((row) => row.some(Number.isNaN)).length).to.equal(1);
    });

    it('names the shapes that do not fit', () => {
      const [y, x, w] = [bench.tensor([2, 4]), bench.tensor([2, 3]), bench.tensor([5, 4])];
      expect(() => engine.kernels.dense(y, x, w, null)).to.throw(ComputeError, '[2, 4], [2, 3], [5, 4]');
      expect(() => engine.kernels.denseGradientInput(x, y, w)).to.throw(ComputeError);
      expect(() => engine.kernels.denseGradientWeights(w, x, y, 1, false)).to.throw(ComputeError);
      expect(() => engine.kernels.denseGradientBias(x, y, 1, false)).to.throw(ComputeError);
    });
  });
}
