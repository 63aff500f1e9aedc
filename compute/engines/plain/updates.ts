// Whole-tensor operations around a step: filling, norms, and the optimizers' updates.

import ops from 'ndarray-ops';
import type { AdamOptions, SgdOptions } from '../../kernels.js';
import { floatsOf, type Tensor } from '../../tensor.js';
import { adamFactors } from '../adam-factors.js';
import { checkSizes } from '../shapes.js';
import { zip } from './rows.js';

export function fill(x: Tensor, value: number): void {
  ops.assigns(x, value);
}

export function sumOfSquares(x: Tensor): number {
  return ops.norm2squared(x);
}

/** `v = momentum v - lr g; w += v`, or with Nesterov `w += momentum v - lr g` */
export function sgd(w: Tensor, gradient: Tensor, velocity: Tensor | null, options: SgdOptions): void {
  checkSizes('sgd', w, gradient, velocity ?? w);
  const { learningRate, momentum, nesterov, weightDecay, gradientScale } = options;
  const rate = learningRate * gradientScale;
  if (weightDecay !== 0) ops.mulseq(w, 1 - learningRate * weightDecay);
  if (velocity === null) {
    zip(w, w, gradient, (weight, g) => weight - rate * g);
    return;
  }
  zip(velocity, velocity, gradient, (v, g) => momentum * v - rate * g);
  if (!nesterov) ops.addeq(w, velocity);
  else {
    zip(w, w, velocity, (weight, v) => weight + momentum * v);
    zip(w, w, gradient, (weight, g) => weight - rate * g);
  }
}

/** `m += (1 - beta1)(g - m)`, `v += (1 - beta2)(g² - v)`, `w -= rate m / (sqrt(v) + epsilon)` */
export function adam(w: Tensor, gradient: Tensor, m: Tensor, v: Tensor, options: AdamOptions): void {
  checkSizes('adam', w, gradient, m, v);
  const { gradientScale, oneMinusBeta1, oneMinusBeta2, rate, epsilon, decay } = adamFactors(options);
  const [weights, G, means, squares] = [floatsOf(w), floatsOf(gradient), floatsOf(m), floatsOf(v)];
  for (let i = 0; i < weights.length; i++) {
    const g = gradientScale * (G[i] as number);
    const mean = (means[i] as number) + oneMinusBeta1 * (g - (means[i] as number));
    const square = (squares[i] as number) + oneMinusBeta2 * (g * g - (squares[i] as number));
    means[i] = mean;
    squares[i] = square;
    weights[i] = decay * (weights[i] as number) - (rate * mean) / (Math.sqrt(square) + epsilon);
  }
}
