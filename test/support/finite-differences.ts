// Checks gradients against central differences of a scalar objective, summed in double precision. Weights and
// activations are floats, so the step is large (2^-7) and errors are measured against the largest derivative.

import { AssertionError } from 'chai';
import type { Engine } from '../../compute/kernels.js';
import type { GradientTarget, Layer, Pass } from '../../compute/layer.js';
import { floatsOf, type Shape, type Tensor } from '../../compute/tensor.js';

export interface GradientCheck {
  /** For the message: which variable. */
  readonly what: string;
  /** Reads `variable`, among others. */
  readonly objective: () => number;
  readonly variable: Float32Array;
  readonly gradient: ArrayLike<number>;
}

const STEP = 2 ** -7;
const TOLERANCE = 3e-3;

/** @throws AssertionError naming the worst element */
export function expectGradient({ what, objective, variable, gradient }: GradientCheck): void {
  const numeric = Array.from(variable, (_, i) => centralDifference(objective, variable, i));
  const scale = Math.max(...numeric.map(Math.abs), 1e-2);
  for (const [i, expected] of numeric.entries()) {
    const error = Math.abs(gradient[i]! - expected) / scale;
    if (error <= TOLERANCE) continue; // a NaN is not
    throw new AssertionError(`${what}[${i}] is ${gradient[i]}, expected ${expected} (${error} of the largest)`);
  }
}

function centralDifference(objective: () => number, variable: Float32Array, i: number): number {
  const value = variable[i]!;
  variable[i] = value + STEP;
  const above = variable[i]! - value;
  const objectiveAbove = objective();
  variable[i] = value - STEP;
  const below = value - variable[i]!;
  const objectiveBelow = objective();
  variable[i] = value;
  return (objectiveAbove - objectiveBelow) / (above + below);
}

export const TRAINING: Pass = { step: 3, sample: 5, continues: false, training: true };
export const EVALUATION: Pass = { step: 3, sample: 5, continues: false, training: false };

export interface LayerCheck {
  readonly batch: number;
  readonly seed: number;
  readonly pass?: Pass;
}

/**
 * Checks the gradients of a layer's input and of all its parameters under the objective `sum of dY y`; that
 * parameters' gradients are written and added to their target as it says; that `dX` may be null; and that backward reads no more than it says.
 */
export function checkLayer(engine: Engine, layer: Layer, { batch, seed, pass = TRAINING }: LayerCheck): void {
  const { kernels } = engine;
  const [x, y, dX, dY] = batchTensors(engine, layer, batch);
  const [weights, gradients] = [parameterTensors(engine, layer), parameterTensors(engine, layer)];
  for (const [i, tensor] of [x, dY, ...weights].entries()) fillRandom(tensor, seed + i);
  for (const gradient of gradients) floatsOf(gradient).fill(Number.NaN);

  const objective = () => {
    layer.forward(kernels, y, x, weights, pass);
    return dot(floatsOf(y), floatsOf(dY));
  };
  objective();
  const input = Float32Array.from(floatsOf(x));
  if (layer.backwardNeeds !== 'input') floatsOf(x).fill(Number.NaN);
  if (layer.backwardNeeds !== 'output') floatsOf(y).fill(Number.NaN);
  layer.backward(kernels, dX, dY, x, y, weights, overwriting(gradients), pass);
  layer.backward(kernels, null, dY, x, y, weights, { tensors: gradients, scale: 2, keep: true }, pass);
  floatsOf(x).set(input);

  expectGradient({ what: 'dX', objective, variable: floatsOf(x), gradient: floatsOf(dX) });
  for (const [p, gradient] of gradients.entries()) {
    const asOne = Array.from(floatsOf(gradient), (value) => value / 3);
    const what = `gradient of ${layer.parameters[p]!.name}`;
    expectGradient({ what, objective, variable: floatsOf(weights[p]!), gradient: asOne });
  }
}

/** x, y, dX, dY */
function batchTensors({ arena }: Engine, layer: Layer, batch: number): [Tensor, Tensor, Tensor, Tensor] {
  const tensor = (shape: Shape) => arena.tensor([batch, ...shape]);
  const { inputShape, outputShape } = layer;
  return [tensor(inputShape), tensor(outputShape), tensor(inputShape), tensor(outputShape)];
}

/** Where a single micro-batch leaves its gradients. */
export function overwriting(tensors: readonly Tensor[]): GradientTarget {
  return { tensors, scale: 1, keep: false };
}

export function parameterTensors({ arena }: Engine, layer: Layer): Tensor[] {
  return layer.parameters.map(({ shape }) => arena.tensor(shape));
}

/** Values of magnitude 0.1 to 1 and either sign: a step never crosses the kink of relu at 0. */
export function fillRandom(tensor: Tensor, seed: number): void {
  const random = mulberry32(seed);
  const floats = floatsOf(tensor);
  for (let i = 0; i < floats.length; i++) {
    floats[i] = (0.1 + 0.9 * random()) * (random() < 0.5 ? -1 : 1);
  }
}

/** A small generator, on purpose not the one under test; numbers in [0, 1). */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
