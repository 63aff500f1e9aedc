// Dropout: the same mask in every engine, and whatever the micro-batches.

import { expect } from 'chai';
import { plainEngine } from '../../../compute/engines/plain.js';
import type { Engine, RandomKey } from '../../../compute/kernels.js';
import { floatsOf } from '../../../compute/tensor.js';
import { ComputeError } from '../../../errors.js';
import { type Bench, EXTENTS, rows } from '../../support/engine-bench.js';

export function dropoutContract(subject: () => Bench): void {
  describe('dropout', () => {
    let bench: Bench;
    let engine: Engine;

    before(() => {
      bench = subject();
      engine = bench.engine;
    });

    const key: RandomKey = { seed: 0xdeadbeef, layer: 3, step: 7, sample: 5 };

    it('keeps or drops by Philox, the same in every engine', async () => {
      for (const n of EXTENTS) {
        for (const rate of [0, 0.1, 0.5, 0.999]) {
          bench.reset();
          const [x, y] = [bench.tensor([7, n], (index) => index - 20.5), bench.tensor([7, n])];
          const plain = await plainEngine(4096);
          const [plainX, plainY] = [plain.arena.tensor([7, n]), plain.arena.tensor([7, n])];
          floatsOf(plainX).set(floatsOf(x));
          engine.kernels.dropout(y, x, rate, key);
          plain.kernels.dropout(plainY, plainX, rate, key);
          expect(Array.from(floatsOf(y))).to.deep.equal(Array.from(floatsOf(plainY)));
          bench.checkGuards();
        }
      }
    });

    it('does not depend on how the batch is split, and works in place', () => {
      const [x, whole] = [bench.tensor([8, 13], (index) => index + 1), bench.tensor([8, 13])];
      engine.kernels.dropout(whole, x, 0.4, key);
      const half = bench.tensor([4, 13], (index) => 4 * 13 + index + 1);
      engine.kernels.dropout(half, half, 0.4, { ...key, sample: key.sample + 4 });
      expect(rows(half)).to.deep.equal(rows(whole).slice(4));
    });

    it('drops the share asked for, scales the rest, and differs by seed, layer, step and sample', () => {
      const ones = bench.tensor([1, 40_000], () => 1);
      const mask = (rate: number, changes: Partial<RandomKey>): number[] => {
        const y = bench.tensor([1, 40_000]);
        engine.kernels.dropout(y, ones, rate, { ...key, ...changes });
        return Array.from(floatsOf(y));
      };
      const base = mask(0.3, {});
      // Binomial: standard deviation 92; five of them.
      expect(base.filter((value) => value === 0).length).to.be.closeTo(12_000, 460);
      expect(new Set(base)).to.deep.equal(new Set([0, Math.fround(1 / 0.7)]));
      for (const changes of [{ seed: 1 }, { layer: 4 }, { step: 8 }, { sample: 6 }]) {
        expect(mask(0.3, changes)).to.not.deep.equal(base);
      }
    });

    it('lets a NaN through, dropped or not, and refuses a rate of 1', () => {
      const [x, y] = [bench.tensor([2, 9], () => Number.NaN), bench.tensor([2, 9])];
      engine.kernels.dropout(y, x, 0.5, key);
      expect(Array.from(floatsOf(y)).every(Number.isNaN)).to.equal(true);
      expect(() => engine.kernels.dropout(y, x, 1, key)).to.throw(ComputeError, 'rate is 1');
    });
  });
}
