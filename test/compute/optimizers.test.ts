// Optimizers against references written out in double precision, over several steps.

import { expect } from 'chai';
import type { Engine } from '../../compute/kernels.js';
import { createOptimizer } from '../../compute/optimizers.js';
import type { OptimizerSpec } from '../../compute/specs.js';
import { floatsOf } from '../../compute/tensor.js';
import { ENGINE_NAMES, ENGINES } from '../support/engines.js';
import { fillRandom, mulberry32 } from '../support/finite-differences.js';

const SIZE = 21; // not a multiple of any SIMD width
const BATCH = 8;
const STEPS = 6;

/** One step of the reference: changes `w` in place, from the mean gradient `g`; `t` counts from 0. */
type Reference = (w: number[], g: readonly number[], t: number) => void;

function descend(w: number[], g: readonly number[], rate: number): void {
  for (const [i, value] of g.entries()) w[i]! -= rate * value;
}

function gradientSums(step: number): number[] {
  const random = mulberry32(100 + step);
  return Array.from({ length: SIZE }, () => BATCH * (2 * random() - 1));
}

for (const engineName of ENGINE_NAMES) {
  describe(`optimizers on the ${engineName} engine`, () => {
    let engine: Engine;
    beforeEach(async () => {
      engine = await ENGINES[engineName](1024);
    });

    /** Runs both for `STEPS` steps from the same weights and compares after each. */
    function expectLike(spec: OptimizerSpec, reference: Reference): void {
      const { kernels, arena } = engine;
      const optimizer = createOptimizer(spec);
      const [weight, gradient] = [arena.tensor([SIZE]), arena.tensor([SIZE])];
      const slots = Array.from({ length: optimizer.slots }, () => arena.tensor([SIZE]));
      fillRandom(weight, 1);
      const w = Array.from(floatsOf(weight));
      for (let step = 0; step < STEPS; step++) {
        const sums = gradientSums(step);
        floatsOf(gradient).set(sums);
        optimizer.update(kernels, weight, gradient, slots, step, BATCH);
        const means = sums.map((sum) => sum / BATCH);
        reference(w, means, step);
        for (const [i, expected] of w.entries()) {
          expect(floatsOf(weight)[i], `weight ${i} after step ${step}`).to.be.closeTo(expected, 2e-6);
        }
      }
    }

    it('sgd steps against the mean gradient, by 0.01 unless told otherwise', () => {
      const plain =
        (rate: number): Reference =>
        (w, g) =>
          descend(w, g, rate);
      expectLike({ type: 'sgd' }, plain(0.01));
      expectLike({ type: 'sgd', learningRate: 0.5 }, plain(0.5));
    });

    const momentumReference = (rate: number, momentum: number, nesterov: boolean): Reference => {
      const v = new Array<number>(SIZE).fill(0);
      return (w, g) =>
        g.forEach((value, i) => {
          v[i] = momentum * v[i]! - rate * value;
          w[i]! += nesterov ? momentum * v[i]! - rate * value : v[i]!;
        });
    };

    it('sgd gathers momentum', () =>
      expectLike({ type: 'sgd', learningRate: 0.1, momentum: 0.9 }, momentumReference(0.1, 0.9, false)));

    it('sgd looks ahead with nesterov', () =>
      expectLike({ type: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true }, momentumReference(0.1, 0.9, true)));

    it('sgd decays weights before the step, apart from the gradient', () => {
      const inner = momentumReference(0.1, 0.9, false);
      expectLike({ type: 'sgd', learningRate: 0.1, momentum: 0.9, weightDecay: 0.05 }, (w, g, t) => {
        for (let i = 0; i < SIZE; i++) w[i]! -= 0.1 * 0.05 * w[i]!;
        inner(w, g, t);
      });
    });

    it('follow the schedule of the learning rate', () =>
      expectLike({ type: 'sgd', learningRate: 0.4, schedule: { type: 'step', every: 2, factor: 0.5 } }, (w, g, t) =>
        descend(w, g, 0.4 * 0.5 ** Math.floor(t / 2)),
      ));

    /** Kingma and Ba 2015, algorithm 1 in the form of section 2's last paragraph, as Keras has it. */
    const adamReference = (rate: number, beta1: number, beta2: number, epsilon: number): Reference => {
      const m = new Array<number>(SIZE).fill(0);
      const v = new Array<number>(SIZE).fill(0);
      return (w, g, t) =>
        g.forEach((value, i) => {
          m[i] = beta1 * m[i]! + (1 - beta1) * value;
          v[i] = beta2 * v[i]! + (1 - beta2) * value * value;
          const alpha = (rate * Math.sqrt(1 - beta2 ** (t + 1))) / (1 - beta1 ** (t + 1));
          w[i]! -= (alpha * m[i]!) / (Math.sqrt(v[i]!) + epsilon);
        });
    };

    it('adam has the defaults of Keras', () => expectLike({ type: 'adam' }, adamReference(0.001, 0.9, 0.999, 1e-7)));

    it('adam takes other constants', () =>
      expectLike(
        { type: 'adam', learningRate: 0.02, beta1: 0.8, beta2: 0.9, epsilon: 0.01 },
        adamReference(0.02, 0.8, 0.9, 0.01),
      ));

    it('adam decays weights apart from the gradient', () => {
      const inner = adamReference(0.02, 0.9, 0.999, 1e-7);
      expectLike({ type: 'adam', learningRate: 0.02, weightDecay: 0.1 }, (w, g, t) => {
        for (let i = 0; i < SIZE; i++) w[i]! -= 0.02 * 0.1 * w[i]!;
        inner(w, g, t);
      });
    });

    for (const clipnorm of [0.5, 100]) {
      it(`clip the norm of the mean gradient to ${clipnorm}`, () => {
        const clip = (g: readonly number[]) => {
          const norm = Math.hypot(...g);
          return g.map((value) => (norm > clipnorm ? (value * clipnorm) / norm : value));
        };
        const sgd = momentumReference(0.1, 0.9, false);
        expectLike({ type: 'sgd', learningRate: 0.1, momentum: 0.9, clipnorm }, (w, g, t) => sgd(w, clip(g), t));
        const adam = adamReference(0.01, 0.9, 0.999, 0.1);
        const spec = { type: 'adam', learningRate: 0.01, epsilon: 0.1, clipnorm } as const;
        expectLike(spec, (w, g, t) => adam(w, clip(g), t));
      });
    }

    it('let a gradient that is not a number show in the weights, clipped or not', () => {
      for (const spec of [{ type: 'sgd' }, { type: 'sgd', clipnorm: 1 }, { type: 'adam', clipnorm: 1 }] as const) {
        const optimizer = createOptimizer(spec);
        const tensors = Array.from({ length: 2 + optimizer.slots }, () => engine.arena.tensor([2]));
        const [weight, gradient, ...slots] = tensors;
        floatsOf(gradient!).set([Number.NaN, 1]);
        optimizer.update(engine.kernels, weight!, gradient!, slots, 0, 1);
        expect(floatsOf(weight!)[0]).to.be.NaN;
      }
    });
  });
}

describe('optimizer state', () => {
  it('is none for plain sgd, a velocity for momentum, two moments for adam', () => {
    expect(createOptimizer({ type: 'sgd' }).slots).to.equal(0);
    expect(createOptimizer({ type: 'sgd', momentum: 0.9 }).slots).to.equal(1);
    expect(createOptimizer({ type: 'adam' }).slots).to.equal(2);
  });
});
