// The numbers of one Adam update that are the same for all weights, in double precision:
// Kingma and Ba 2015, the reformulation at the end of section 2, which is where Keras adds epsilon.

import type { AdamOptions } from '../kernels.js';

export interface AdamFactors {
  readonly gradientScale: number;
  readonly oneMinusBeta1: number;
  readonly oneMinusBeta2: number;
  /** Learning rate with both bias corrections: `lr sqrt(1 - beta2^t) / (1 - beta1^t)`. */
  readonly rate: number;
  readonly epsilon: number;
  /** What weight decay leaves of a weight. */
  readonly decay: number;
}

export function adamFactors(options: AdamOptions): AdamFactors {
  const { learningRate, beta1, beta2, epsilon, iteration, weightDecay, gradientScale } = options;
  return {
    gradientScale,
    oneMinusBeta1: 1 - beta1,
    oneMinusBeta2: 1 - beta2,
    rate: (learningRate * Math.sqrt(1 - beta2 ** iteration)) / (1 - beta1 ** iteration),
    epsilon,
    decay: 1 - learningRate * weightDecay,
  };
}
