// Activations, each beside its derivative as a function of the output. Nothing is selected away, so a
// NaN, or an infinite gradient that meets a zero, comes out as NaN.

import ops from 'ndarray-ops';
import type { ElementwiseActivation } from '../../kernels.js';
import type { Tensor } from '../../tensor.js';
import { checkRows, checkSizes, rowsOf } from '../shapes.js';
import { map, rowOf, zip } from './rows.js';

interface Derivable {
  forward(y: Tensor, x: Tensor, alpha: number): void;
  /** f'(x) from y */
  slope(y: number, alpha: number): number;
}

const ACTIVATIONS: Record<ElementwiseActivation, Derivable> = {
  relu: {
    forward: (y, x) => ops.maxs(y, x, 0),
    slope: (y) => (y > 0 ? 1 : 0 * y),
  },
  leakyRelu: {
    forward: (y, x, alpha) => map(y, x, (value) => (value > 0 ? value : alpha * value)),
    slope: (y, alpha) => (y > 0 ? 1 : alpha + 0 * y),
  },
  tanh: {
    forward: (y, x) => map(y, x, Math.tanh),
    slope: (y) => (1 - y) * (1 + y),
  },
  sigmoid: {
    forward: (y, x) => map(y, x, logistic),
    slope: (y) => y * (1 - y),
  },
};

export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export function activate(y: Tensor, x: Tensor, activation: ElementwiseActivation, alpha: number): void {
  checkSizes(activation, y, x);
  ACTIVATIONS[activation].forward(y, x, alpha);
}

export function activateGradient(
  dX: Tensor,
  dY: Tensor,
  y: Tensor,
  activation: ElementwiseActivation,
  alpha: number,
): void {
  checkSizes(activation, dX, dY, y);
  const { slope } = ACTIVATIONS[activation];
  zip(dX, dY, y, (gradient, output) => gradient * slope(output, alpha));
}

export function softmax(y: Tensor, x: Tensor): void {
  checkRows('softmax', y, x);
  for (let i = 0; i < rowsOf(x); i++) softmaxRow(rowOf(y, i), rowOf(x, i));
}

/** Writes the softmax of a row; the largest logit is subtracted first, so that nothing overflows. */
export function softmaxRow(y: Tensor, x: Tensor): void {
  ops.subs(y, x, largest(x));
  ops.expeq(y);
  ops.divseq(y, ops.sum(y));
}

/** As `sup`, but NaN when any element is: comparisons would pass over it. */
export function largest(x: Tensor): number {
  const total = ops.sum(x);
  return Number.isNaN(total) ? total : ops.sup(x);
}

/** `dX = y (dY - sum over classes of dY y)` */
export function softmaxGradient(dX: Tensor, dY: Tensor, y: Tensor): void {
  checkRows('softmaxGradient', dX, dY, y);
  for (let i = 0; i < rowsOf(y); i++) {
    const [to, gradient, output] = [rowOf(dX, i), rowOf(dY, i), rowOf(y, i)];
    let mean = 0;
    for (let j = 0; j < output.size; j++) mean += gradient.get(j) * output.get(j);
    ops.subs(to, gradient, mean);
    ops.muleq(to, output);
  }
}
