// What a user writes about a model, as plain data. Names and defaults are those of Keras (tf.js spelling).

import type { ElementwiseActivation } from './kernels.js';

export type Activation = ElementwiseActivation | 'softmax';
export type Initializer = 'glorotUniform' | 'heNormal' | 'zeros';

export interface DenseSpec {
  readonly type: 'dense';
  readonly units: number;
  /** Default true. */
  readonly useBias?: boolean | undefined;
  /** Default glorotUniform. */
  readonly kernelInitializer?: Initializer | undefined;
  /** Default zeros. */
  readonly biasInitializer?: Initializer | undefined;
  /** Shorthand for an activation layer behind this one. */
  readonly activation?: Activation | undefined;
}

export interface ActivationSpec {
  readonly type: 'activation';
  readonly activation: Activation;
  /** Slope of leakyRelu below zero; default 0.3. */
  readonly alpha?: number | undefined;
}

export interface DropoutSpec {
  readonly type: 'dropout';
  /** Share of the inputs set to zero, 0 <= rate < 1. */
  readonly rate: number;
}

export interface FlattenSpec {
  readonly type: 'flatten';
}

export type LayerSpec = DenseSpec | ActivationSpec | DropoutSpec | FlattenSpec;

export type LossName = 'softmaxCrossEntropy' | 'binaryCrossEntropy' | 'meanSquaredError';
export type MetricName = 'accuracy' | 'mae';

export type LearningRateSchedule =
  | { readonly type: 'constant' }
  /** Multiplied by `factor` every `every` steps. */
  | { readonly type: 'step'; readonly every: number; readonly factor: number }
  /** Half a cosine from the learning rate to `alpha` times it over `steps` steps (Loshchilov and Hutter 2017). */
  | { readonly type: 'cosine'; readonly steps: number; readonly alpha?: number | undefined };

interface CommonOptimizerSpec {
  readonly learningRate?: number | undefined;
  readonly schedule?: LearningRateSchedule | undefined;
  /** Decoupled weight decay; default 0. Biases decay like kernels, as in Keras. */
  readonly weightDecay?: number | undefined;
  /** Largest L2 norm of each tensor's gradient; none by default. */
  readonly clipnorm?: number | undefined;
}

export interface SgdSpec extends CommonOptimizerSpec {
  readonly type: 'sgd';
  /** learningRate defaults to 0.01, momentum to 0, nesterov to false. */
  readonly momentum?: number | undefined;
  readonly nesterov?: boolean | undefined;
}

export interface AdamSpec extends CommonOptimizerSpec {
  readonly type: 'adam';
  /** learningRate defaults to 0.001, beta1 to 0.9, beta2 to 0.999, epsilon to 1e-7. */
  readonly beta1?: number | undefined;
  readonly beta2?: number | undefined;
  readonly epsilon?: number | undefined;
}

export type OptimizerSpec = SgdSpec | AdamSpec;
