// The operations of a training step, in one interface with several engines behind it.
// All tensors are contiguous, row-major, views over the engine's one memory. A kernel writes its
// first argument; gradients of parameters may be added to what it holds, everything else is overwritten.
// Elementwise kernels allow the output to be the input.

import type { Arena, Tensor } from './tensor.js';

/** Elementwise activations whose derivative is a function of the output `y` alone. */
export type ElementwiseActivation = 'relu' | 'leakyRelu' | 'tanh' | 'sigmoid';

/** Where a sample's random numbers come from: a pure function of these four (design decision 3). */
export interface RandomKey {
  readonly seed: number;
  readonly layer: number;
  readonly step: number;
  /** Index within the step's whole batch of the first row of the tensor. */
  readonly sample: number;
}

export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  /** Decoupled, as in Keras: `w -= learningRate * weightDecay * w` before the step. */
  readonly weightDecay: number;
  /** Multiplies the gradient first: one over the batch, times the clipping factor. */
  readonly gradientScale: number;
}

export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Counts from 1: the bias correction's exponent. */
  readonly iteration: number;
  readonly weightDecay: number;
  readonly gradientScale: number;
}

export interface Kernels {
  /** `Y[m, n] = X[m, k] W[k, n] + b[n]`; without `b`, no bias. */
  dense(y: Tensor, x: Tensor, w: Tensor, b: Tensor | null): void;
  /** `dW[k, n] = (keep ? dW : 0) + scale X[m, k]ᵀ dY[m, n]`, BLAS's convention; unless kept, `dW` is not read. */
  denseGradientWeights(dW: Tensor, x: Tensor, dY: Tensor, scale: number, keep: boolean): void;
  /** `db[n] = (keep ? db : 0) + scale (sum over m of dY[m, n])` */
  denseGradientBias(db: Tensor, dY: Tensor, scale: number, keep: boolean): void;
  /** `dX[m, k] = dY[m, n] W[k, n]ᵀ` */
  denseGradientInput(dX: Tensor, dY: Tensor, w: Tensor): void;

  /** `y = f(x)`. NaN stays NaN, so that a fault is found where it arises. `alpha` is leakyRelu's slope. */
  activate(y: Tensor, x: Tensor, activation: ElementwiseActivation, alpha: number): void;
  /** `dX = dY f'(x)`, from the output `y = f(x)`. */
  activateGradient(dX: Tensor, dY: Tensor, y: Tensor, activation: ElementwiseActivation, alpha: number): void;
  /** Softmax over the last axis of `[rows, classes]`. */
  softmax(y: Tensor, x: Tensor): void;
  /** `dX = y (dY - sum over classes of dY y)` */
  softmaxGradient(dX: Tensor, dY: Tensor, y: Tensor): void;

  /** Inverted dropout of `[rows, n]`: `y = x keep / (1 - rate)`. With the same key it is its own gradient. */
  dropout(y: Tensor, x: Tensor, rate: number, key: RandomKey): void;

  /** Softmax and cross-entropy. `losses[rows]`, `dX = softmax(x) - onehot`, `labels[rows, 1]` hold class indices. */
  softmaxCrossEntropy(losses: Tensor, dX: Tensor, logits: Tensor, labels: Tensor): void;
  /** Sigmoid and cross-entropy, mean over the last axis; `targets` as `logits`, between 0 and 1. */
  binaryCrossEntropy(losses: Tensor, dX: Tensor, logits: Tensor, targets: Tensor): void;
  /** Mean over the last axis of `(y - t)²`; `dX = 2 (y - t) / n`. */
  meanSquaredError(losses: Tensor, dX: Tensor, outputs: Tensor, targets: Tensor): void;

  /** Sum of squares: for clipping, and NaN or infinite when any element is. */
  sumOfSquares(x: Tensor): number;
  fill(x: Tensor, value: number): void;
  /** `v = momentum v - lr g; w += v`, Keras' form; `velocity` may be null when momentum is 0. */
  sgd(w: Tensor, gradient: Tensor, velocity: Tensor | null, options: SgdOptions): void;
  /** Kingma and Ba 2015, algorithm 1, with Keras' placement of epsilon. */
  adam(w: Tensor, gradient: Tensor, m: Tensor, v: Tensor, options: AdamOptions): void;
}

export type EngineName = 'plain' | 'wasm' | 'wasm-relaxed' | 'blas';

/** Kernels and the one memory they work on. */
export interface Engine {
  readonly name: EngineName;
  /** For people: what computes. */
  readonly about: string;
  readonly kernels: Kernels;
  readonly arena: Arena;
}

/** @param floats how many floats the arena must be able to hand out, as a `MeasuringArena` counted them */
export type EngineFactory = (floats: number) => Promise<Engine>;
