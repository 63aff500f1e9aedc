// Optimizers: what turns the gradient summed over a batch into a step of the weights. Defaults are those of
// Keras. State lives in slots that the caller owns, one tensor shaped as the weight per slot, at first zero.

import type { Kernels } from './kernels.js';
import { learningRateAt } from './learning-rate.js';
import type { AdamSpec, OptimizerSpec, SgdSpec } from './specs.js';
import type { Tensor } from './tensor.js';

export interface Optimizer {
  /** Number of state tensors for each parameter. */
  readonly slots: number;
  /**
   * Where an update is no more than `w += scale gradient`: that scale, of the sum over the batch; else null. Then
   * backward may add to the weights itself.
   */
  readonly additionScale: ((step: number, batch: number) => number) | null;
  /**
   * Changes `weight` and `slots` in place; `gradient` is only read.
   *
   * @param gradient sum over the batch, not mean
   * @param step from 0: the schedule and the bias correction are functions of it
   * @param batch samples in the whole batch, over all micro-batches
   */
  update(
    kernels: Kernels,
    weight: Tensor,
    gradient: Tensor,
    slots: readonly Tensor[],
    step: number,
    batch: number,
  ): void;
}

/** @param firstStep steps of the run before this optimizer's own step 0: its rate goes on from there, its state begins */
export function createOptimizer(spec: OptimizerSpec, firstStep = 0): Optimizer {
  const rateOfRun = learningRateOf(spec);
  const learningRate = (step: number) => rateOfRun(firstStep + step);
  return spec.type === 'sgd' ? sgd(spec, learningRate) : adam(spec, learningRate);
}

/** The learning rate as a function of the step, with the optimizer's default. */
export function learningRateOf({ type, learningRate, schedule }: OptimizerSpec): (step: number) => number {
  const initial = learningRate ?? DEFAULT_LEARNING_RATE[type];
  return (step) => learningRateAt(step, initial, schedule);
}

const DEFAULT_LEARNING_RATE = { sgd: 0.01, adam: 0.001 } as const;

/** One slot, the velocity, if there is momentum; else none. */
function sgd(spec: SgdSpec, learningRate: (step: number) => number): Optimizer {
  const { momentum = 0, nesterov = false, weightDecay = 0, clipnorm } = spec;
  const isAddition = momentum === 0 && weightDecay === 0 && clipnorm === undefined;
  return {
    slots: momentum === 0 ? 0 : 1,
    additionScale: isAddition ? (step, batch) => -learningRate(step) / batch : null,

    update(kernels, weight, gradient, [velocity], step, batch) {
      kernels.sgd(weight, gradient, velocity ?? null, {
        learningRate: learningRate(step),
        momentum,
        nesterov,
        weightDecay,
        gradientScale: gradientScale(kernels, gradient, batch, clipnorm),
      });
    },
  };
}

/** Two slots: the first and the second moment. */
function adam(spec: AdamSpec, learningRate: (step: number) => number): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = spec;
  const { weightDecay = 0, clipnorm } = spec;
  return {
    slots: 2,
    additionScale: null,

    update(kernels, weight, gradient, [m, v], step, batch) {
      kernels.adam(weight, gradient, m!, v!, {
        learningRate: learningRate(step),
        beta1,
        beta2,
        epsilon,
        iteration: step + 1,
        weightDecay,
        gradientScale: gradientScale(kernels, gradient, batch, clipnorm),
      });
    },
  };
}

/** From sum to mean, and down to a norm of `clipnorm` if the mean's is larger. A NaN gradient stays NaN. */
function gradientScale(kernels: Kernels, gradient: Tensor, batch: number, clipnorm: number | undefined): number {
  if (clipnorm === undefined) return 1 / batch;
  const norm = Math.sqrt(kernels.sumOfSquares(gradient)) / batch;
  return norm > clipnorm ? clipnorm / norm / batch : 1 / batch;
}
