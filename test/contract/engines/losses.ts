// Losses and their gradients: accuracy, logits that would overflow, faults that come through.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Engine } from '../../../compute/kernels.js';
import { floatsOf, type Tensor } from '../../../compute/tensor.js';
import { ComputeError } from '../../../errors.js';
import { type Bench, expectClose, extent, generator, ROUNDING, rows, seedOf } from '../../support/engine-bench.js';
import * as reference from '../../support/reference-kernels.js';

export function lossesContract(subject: () => Bench): void {
  describe('losses', () => {
    let bench: Bench;
    let engine: Engine;

    before(() => {
      bench = subject();
      engine = bench.engine;
    });

    const matrix = fc.record({ m: extent, n: extent, seed: seedOf, inPlace: fc.boolean() });

    it('computes softmax cross-entropy', () => {
      bench.check(matrix, ({ m, n, seed, inPlace }) => {
        const random = generator(seed);
        const logits = bench.tensor([m, n], () => 20 * (random() - 0.5));
        const labels = bench.tensor([m, 1], () => Math.floor(random() * n));
        const losses = bench.tensor([m]);
        const dX = inPlace ? logits : bench.tensor([m, n]);
        const expected = rows(logits).map((row, i) =>
          reference.softmaxCrossEntropy(row, floatsOf(labels)[i] as number),
        );
        engine.kernels.softmaxCrossEntropy(losses, dX, logits, labels);
        expectClose(
          floatsOf(losses),
          expected.map(({ loss }) => loss),
          20 * ROUNDING,
          (20 + n) * ROUNDING,
        );
        expectClose(
          floatsOf(dX),
          expected.flatMap((row) => row.dX),
          (30 + n) * ROUNDING,
          (30 + n) * ROUNDING,
        );
      });
    });

    it('computes binary cross-entropy', () => {
      bench.check(matrix, ({ m, n, seed, inPlace }) => {
        const random = generator(seed);
        const logits = bench.tensor([m, n], () => 60 * (random() - 0.5));
        const targets = bench.tensor([m, n], () => (random() < 0.5 ? Math.round(random()) : random()));
        const losses = bench.tensor([m]);
        const dX = inPlace ? logits : bench.tensor([m, n]);
        const expected = rows(logits).map((row, i) => reference.binaryCrossEntropy(row, rows(targets)[i] as number[]));
        engine.kernels.binaryCrossEntropy(losses, dX, logits, targets);
        expectClose(
          floatsOf(losses),
          expected.map(({ loss }) => loss),
          8 * ROUNDING,
          60 * ROUNDING,
        );
        expectClose(
          floatsOf(dX),
          expected.flatMap((row) => row.dX),
          8 * ROUNDING,
          (4 * ROUNDING) / n,
        );
      });
    });

    it('computes the mean squared error', () => {
      bench.check(matrix, ({ m, n, seed, inPlace }) => {
        const random = generator(seed);
        const outputs = bench.tensor([m, n], () => random() - 0.5);
        const targets = bench.tensor([m, n], () => random() - 0.5);
        const losses = bench.tensor([m]);
        const dX = inPlace ? outputs : bench.tensor([m, n]);
        const expected = rows(outputs).map((row, i) => reference.meanSquaredError(row, rows(targets)[i] as number[]));
        engine.kernels.meanSquaredError(losses, dX, outputs, targets);
        expectClose(
          floatsOf(losses),
          expected.map(({ loss }) => loss),
          (6 + n) * ROUNDING,
        );
        expectClose(
          floatsOf(dX),
          expected.flatMap((row) => row.dX),
          4 * ROUNDING,
        );
      });
    });

    it('stays finite where the exponential would overflow', () => {
      const [losses, dX, labels] = [bench.tensor([2]), bench.tensor([2, 3]), bench.tensor([2, 1], (i) => 2 * i)];
      const logits = bench.tensor([2, 3], (index) => [1000, 0, -1000, 1000, 0, -1000][index] as number);
      engine.kernels.softmaxCrossEntropy(losses, dX, logits, labels);
      expectClose(floatsOf(losses), [0, 2000], ROUNDING);
      expectClose(floatsOf(dX), [0, 0, 0, 1, 0, -1], 0);
      const targets = bench.tensor([2, 3], (index) => (index === 0 ? 1 : 0));
      engine.kernels.binaryCrossEntropy(losses, dX, logits, targets);
      expectClose(floatsOf(losses), [Math.LN2 / 3, (1000 + Math.LN2) / 3], 4 * ROUNDING);
    });

    it('lets a NaN through into its row, and answers a label that is no class with NaN', () => {
      const logits = bench.tensor([4, 3], (index) => (index === 1 ? Number.NaN : index));
      const labels = bench.tensor([4, 1], (i) => [0, 3, 0.5, 2][i] as number);
      const [losses, dX] = [bench.tensor([4]), bench.tensor([4, 3])];
      engine.kernels.softmaxCrossEntropy(losses, dX, logits, labels);
      expect(Array.from(floatsOf(losses), Number.isNaN)).to.deep.equal([true, true, true, false]);
      expect(rows(dX).map((row) => row.some(Number.isNaN))).to.deep.equal([true, true, true, false]);
      const targets = bench.tensor([4, 3], () => 0);
      for (const loss of ['binaryCrossEntropy', 'meanSquaredError'] as const) {
        engine.kernels[loss](losses, dX, logits, targets);
        expect(Array.from(floatsOf(losses), Number.isNaN)).to.deep.equal([true, false, false, false]);
        expect(rows(dX).flat().map(Number.isNaN).indexOf(true)).to.equal(1);
      }
      bench.checkGuards();
    });

    it('rejects targets of the wrong shape', () => {
      const [losses, dX, logits] = [bench.tensor([2]), bench.tensor([2, 3]), bench.tensor([2, 3])];
      const run = (targets: Tensor) => () => engine.kernels.meanSquaredError(losses, dX, logits, targets);
      expect(run(bench.tensor([2, 2]))).to.throw(ComputeError, '[2, 2]');
    });
  });
}
