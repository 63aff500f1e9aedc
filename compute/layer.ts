// A layer is a pair of functions, forward beside backward, and knows no state: weights, stash and
// gradients are handed in, so that the same layer serves several weight versions and micro-batches.

import type { Kernels } from './kernels.js';
import type { Initializer } from './specs.js';
import type { Shape, Tensor } from './tensor.js';

/** Which micro-batch is under way: all that a layer's random numbers may depend on, beside the seed. */
export interface Pass {
  readonly step: number;
  /** Index within the step's batch of the micro-batch's first sample. */
  readonly sample: number;
  /** Whether the step's gradients have been begun by another micro-batch. */
  readonly continues: boolean;
  /** Dropout is off in evaluation. */
  readonly training: boolean;
}

export interface ParameterSpec {
  readonly name: 'kernel' | 'bias';
  readonly shape: Shape;
  readonly initializer: Initializer;
}

/** Where backward leaves the gradients of a layer's parameters: `tensor = (keep ? tensor : 0) + scale gradient`. */
export interface GradientTarget {
  /** In the order of the layer's `parameters`; the weights themselves where an update is part of backward. */
  readonly tensors: readonly Tensor[];
  readonly scale: number;
  readonly keep: boolean;
}

export interface Layer {
  /** Unique in the model: type and index in the whole model, as `dense_3`. */
  readonly name: string;
  /** Index in the whole model: with the seed it determines the initial weights. */
  readonly index: number;
  /** Per sample, without the batch. */
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly parameters: readonly ParameterSpec[];
  /** Floating-point operations of forward for one sample; backward counts twice that. */
  readonly flops: number;
  /** What backward reads. A layer may work in place where neither neighbour reads what it overwrites. */
  readonly backwardNeeds: 'input' | 'output' | 'nothing';
  /** True when `y` may be the same memory as `x`, and `dX` the same as `dY`. */
  readonly elementwise: boolean;

  /** `x`: `[batch, ...inputShape]` to `y`: `[batch, ...outputShape]`; weights in the order of `parameters`. */
  forward(kernels: Kernels, y: Tensor, x: Tensor, weights: readonly Tensor[], pass: Pass): void;
  /**
   * Writes `dX`, then the parameters' gradients to their target, which may be the weights; with `dX` null (first
   * layer of the model) it is not computed. `x` or `y` hold what `backwardNeeds` names, the other is undefined content.
   */
  backward(
    kernels: Kernels,
    dX: Tensor | null,
    dY: Tensor,
    x: Tensor,
    y: Tensor,
    weights: readonly Tensor[],
    gradients: GradientTarget,
    pass: Pass,
  ): void;
}
