// Filling, norms and optimizers.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Engine } from '../../../compute/kernels.js';
import { floatsOf, type Tensor } from '../../../compute/tensor.js';
import { type Bench, expectClose, extent, generator, ROUNDING, seedOf } from '../../support/engine-bench.js';

export function updatesContract(subject: () => Bench): void {
  describe('updates', () => {
    let bench: Bench;
    let engine: Engine;

    before(() => {
      bench = subject();
      engine = bench.engine;
    });

    const vector = fc.record({ size: extent, seed: seedOf });

    it('fills', () => {
      bench.check(extent, (size) => {
        const x = bench.tensor([size]);
        engine.kernels.fill(x, 0.1);
        expect(Array.from(floatsOf(x))).to.deep.equal(new Array(size).fill(Math.fround(0.1)));
      });
    });

    it('sums squares in double precision', () => {
      bench.check(vector, ({ size, seed }) => {
        const random = generator(seed);
        const x = bench.tensor([size], () => random() - 0.5);
        const expected = Array.from(floatsOf(x)).reduce((sum, value) => sum + value * value, 0);
        expectClose([engine.kernels.sumOfSquares(x)], [expected], 1e-14);
      });
      const x = bench.tensor([7], (index) => (index === 6 ? 3e38 : 0));
      expect(engine.kernels.sumOfSquares(x)).to.be.closeTo(9e76, 1e70);
      for (const fault of [Number.NaN, Number.NEGATIVE_INFINITY]) {
        for (let spot = 0; spot < 7; spot++) {
          const faulty = bench.tensor([7], (index) => (index === spot ? fault : 1));
          expect(engine.kernels.sumOfSquares(faulty)).to.satisfy((sum: number) => !Number.isFinite(sum));
        }
      }
    });

    const sgdOptions = fc.record({
      learningRate: fc.constantFrom(0.01, 0.5),
      momentum: fc.constantFrom(0, 0.9),
      nesterov: fc.boolean(),
      weightDecay: fc.constantFrom(0, 0.01),
      gradientScale: fc.constantFrom(1, 1 / 32),
    });

    it('descends, with momentum, Nesterov and weight decay', () => {
      bench.check(fc.tuple(vector, sgdOptions), ([{ size, seed }, options]) => {
        const random = generator(seed);
        const [w, g] = [bench.tensor([size], () => random() - 0.5), bench.tensor([size], () => random() - 0.5)];
        const v = options.momentum === 0 ? null : bench.tensor([size], () => random() - 0.5);
        const { learningRate, momentum, nesterov, weightDecay, gradientScale } = options;
        const velocities: number[] = [];
        const expected = Array.from(floatsOf(w), (weight, index) => {
          const step = learningRate * gradientScale * (floatsOf(g)[index] as number);
          const velocity = momentum * (v === null ? 0 : (floatsOf(v)[index] as number)) - step;
          velocities.push(velocity);
          const decayed = weight - learningRate * weightDecay * weight;
          return decayed + (nesterov ? momentum * velocity - step : velocity);
        });
        engine.kernels.sgd(w, g, v, options);
        // Weights, velocities and steps are below 1: a few roundings of that.
        expectClose(floatsOf(w), expected, 0, 6 * ROUNDING);
        if (v !== null) expectClose(floatsOf(v), velocities, 0, 6 * ROUNDING);
      });
    });

    it('descends by Adam', () => {
      const parameters = fc.tuple(vector, fc.constantFrom(1, 2, 1000), fc.constantFrom(0, 0.01));
      bench.check(parameters, ([{ size, seed }, iteration, weightDecay]) => {
        const random = generator(seed);
        const first = iteration === 1;
        const [w, g] = [bench.tensor([size], () => random() - 0.5), bench.tensor([size], () => random() - 0.5)];
        const m = bench.tensor([size], () => (first ? 0 : random() - 0.5));
        const v = bench.tensor([size], () => (first ? 0 : random()));
        const options = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay };
        const gradientScale = 1 / 32;
        const expected = Array.from(floatsOf(w), (weight, index) => {
          const gradient = gradientScale * (floatsOf(g)[index] as number);
          const mean = 0.9 * (floatsOf(m)[index] as number) + 0.1 * gradient;
          const square = 0.999 * (floatsOf(v)[index] as number) + 0.001 * gradient ** 2;
          const rate = (0.01 * Math.sqrt(1 - 0.999 ** iteration)) / (1 - 0.9 ** iteration);
          return weight * (1 - 0.01 * weightDecay) - (rate * mean) / (Math.sqrt(square) + 1e-7);
        });
        engine.kernels.adam(w, g, m, v, { ...options, iteration, gradientScale });
        // The step is about the learning rate (ten times that at most here), its own error a few roundings.
        expectClose(floatsOf(w), expected, 4 * ROUNDING, 0.5 * 16 * ROUNDING);
      });
    });

    it('lets a NaN through into the weight it belongs to', () => {
      const gradient = bench.tensor([6], (index) => (index === 5 ? Number.NaN : 1));
      const options = { learningRate: 0.1, weightDecay: 0, gradientScale: 1 };
      const updates: ((w: Tensor) => void)[] = [
        (w) => engine.kernels.sgd(w, gradient, null, { ...options, momentum: 0, nesterov: false }),
        (w) =>
          engine.kernels.adam(
            w,
            gradient,
            bench.tensor([6], () => 0),
            bench.tensor([6], () => 0),
            {
              ...options,
              beta1: 0.9,
              beta2: 0.999,
              epsilon: 1e-7,
              iteration: 1,
            },
          ),
      ];
      for (const update of updates) {
        const w = bench.tensor([6], () => 1);
        update(w);
        expect(Array.from(floatsOf(w), Number.isNaN)).to.deep.equal([false, false, false, false, false, true]);
      }
    });
  });
}
