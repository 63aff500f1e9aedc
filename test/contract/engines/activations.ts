// Elementwise activations and their gradients: accuracy, work in place, faults that come through.

import { expect } from 'chai';
import fc from 'fast-check';
import type { ElementwiseActivation, Engine } from '../../../compute/kernels.js';
import { floatsOf } from '../../../compute/tensor.js';
import { ComputeError } from '../../../errors.js';
import { type Bench, EXTENTS, expectClose, extent, generator, ROUNDING, seedOf } from '../../support/engine-bench.js';
import * as reference from '../../support/reference-kernels.js';

const ACTIVATIONS: readonly ElementwiseActivation[] = ['relu', 'leakyRelu', 'tanh', 'sigmoid'];

export function activationsContract(subject: () => Bench): void {
  describe('activations', () => {
    let bench: Bench;
    let engine: Engine;

    before(() => {
      bench = subject();
      engine = bench.engine;
    });

    const special = [0, -0, 1e-30, -1e-30, 20, -20, 88, -88, 200, -200, Number.POSITIVE_INFINITY];
    const vector = fc.record({ size: extent, seed: seedOf, inPlace: fc.boolean() });

    for (const activation of ACTIVATIONS) {
      // A few roundings; the exponential is good to two units in the last place. tanh and sigmoid
      // may lose results below the smallest normal number.
      const relative = 8 * ROUNDING;
      const absolute = 2 ** -126;

      it(`computes ${activation}`, () => {
        bench.check(vector, ({ size, seed, inPlace }) => {
          const random = generator(seed);
          const x = bench.tensor([size], (index) =>
            random() < 0.2 ? (special[index % special.length] as number) : 8 * (random() - 0.5),
          );
          const expected = Array.from(floatsOf(x), (value) => reference.activations[activation](value, 0.25));
          const y = inPlace ? x : bench.tensor([size]);
          engine.kernels.activate(y, x, activation, 0.25);
          expectClose(floatsOf(y), expected, relative, absolute);
        });
      });

      it(`computes the gradient of ${activation} from its output`, () => {
        bench.check(vector, ({ size, seed, inPlace }) => {
          const random = generator(seed);
          const y = bench.tensor([size], () => Math.max(random() - 0.3, activation === 'relu' ? 0 : -1));
          const dY = bench.tensor([size], () => random() - 0.5);
          const expected = Array.from(
            floatsOf(y),
            (value, index) => (floatsOf(dY)[index] as number) * reference.slopes[activation](value, 0.25),
          );
          const dX = inPlace ? dY : bench.tensor([size]);
          engine.kernels.activateGradient(dX, dY, y, activation, 0.25);
          expectClose(floatsOf(dX), expected, relative);
        });
      });

      it(`lets a NaN through ${activation} and its gradient, and no further than its element`, () => {
        for (const size of EXTENTS) {
          bench.reset();
          const spot = Math.floor(size / 2);
          const withNaN = (index: number): number => (index === spot ? Number.NaN : -1);
          const [faulty, sound] = [bench.tensor([size], withNaN), bench.tensor([size], () => 0.5)];
          const result = bench.tensor([size]);
          const expectOneNaN = (): void => {
            expect(Array.from(floatsOf(result), Number.isNaN).indexOf(true)).to.equal(spot);
            expect(Array.from(floatsOf(result)).filter(Number.isNaN).length).to.equal(1);
          };
          engine.kernels.activate(result, faulty, activation, 0.3);
          expectOneNaN();
          engine.kernels.activateGradient(result, sound, faulty, activation, 0.3);
          expectOneNaN();
          engine.kernels.activateGradient(result, faulty, sound, activation, 0.3);
          expectOneNaN();
          bench.checkGuards();
        }
      });
    }

    it('is exact for relu and accurate over the whole range of exp', () => {
      const size = 4096;
      const x = bench.tensor([size], (index) => -104 + (208 * index) / size);
      const y = bench.tensor([size]);
      engine.kernels.activate(y, x, 'sigmoid', 0);
      expectClose(
        floatsOf(y),
        Array.from(floatsOf(x), (value) => reference.activations.sigmoid(value)),
        6 * ROUNDING,
        2 ** -126,
      );
      engine.kernels.activate(y, x, 'relu', 0);
      expect(Array.from(floatsOf(y))).to.deep.equal(Array.from(floatsOf(x), (value) => Math.max(value, 0)));
    });

    it('rejects tensors of different sizes', () => {
      const [a, b] = [bench.tensor([4]), bench.tensor([5])];
      expect(() => engine.kernels.activate(a, b, 'relu', 0)).to.throw(ComputeError, '[4], [5]');
      expect(() => engine.kernels.activateGradient(a, a, b, 'relu', 0)).to.throw(ComputeError);
    });
  });
}
