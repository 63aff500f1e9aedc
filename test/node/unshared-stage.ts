// Forward and backward through layers where every activation and every gradient has memory of its own:
// what a stage that shares memory must agree with, bit for bit.

import type { Engine } from '../../compute/kernels.js';
import type { Layer, Pass } from '../../compute/layer.js';
import { floatsOf, type Shape, type Tensor } from '../../compute/tensor.js';
import { overwriting, parameterTensors } from '../support/finite-differences.js';

export interface StageResult {
  readonly output: readonly number[];
  /** Of the input; null at the model's first layer. */
  readonly dX: readonly number[] | null;
  /** Of all parameters, layer by layer. */
  readonly gradients: readonly (readonly number[])[];
}

export interface StageInput {
  readonly inputShape: Shape;
  /** `[batch, ...inputShape]` */
  readonly x: Float32Array;
  /** `[batch, ...outputShape]` */
  readonly dY: Float32Array;
  readonly batch: number;
  readonly pass: Pass;
}

/** @param weightsOf the parameters of the layer at an index */
export function runUnshared(
  engine: Engine,
  layers: readonly Layer[],
  weightsOf: (index: number) => readonly Tensor[],
  { inputShape, x, dY, batch, pass }: StageInput,
): StageResult {
  const { arena, kernels } = engine;
  const shapes = [inputShape, ...layers.map(({ outputShape }) => outputShape)];
  const values = shapes.map((shape) => arena.tensor([batch, ...shape]));
  const slopes = shapes.map((shape) => arena.tensor([batch, ...shape]));
  const gradients = layers.map((layer) => parameterTensors(engine, layer));
  floatsOf(values[0]!).set(x);
  floatsOf(slopes.at(-1)!).set(dY);
  for (const [i, layer] of layers.entries()) layer.forward(kernels, values[i + 1]!, values[i]!, weightsOf(i), pass);
  for (const [i, layer] of [...layers.entries()].reverse()) {
    const dX = layer.index === 0 ? null : slopes[i]!;
    layer.backward(
      kernels,
      dX,
      slopes[i + 1]!,
      values[i]!,
      values[i + 1]!,
      weightsOf(i),
      overwriting(gradients[i]!),
      pass,
    );
  }
  return {
    output: [...floatsOf(values.at(-1)!)],
    dX: layers[0]?.index === 0 ? null : [...floatsOf(slopes[0]!)],
    gradients: gradients.flat().map((tensor) => [...floatsOf(tensor)]),
  };
}
