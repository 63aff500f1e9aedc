// Activations as layers of their own. All derivatives are functions of the output y, so that the
// elementwise ones can overwrite their input and a stage keeps one tensor instead of two.

import type { Layer } from '../layer.js';
import type { Activation, ActivationSpec } from '../specs.js';
import { type Shape, sizeOf, type Tensor } from '../tensor.js';
import { asRows } from '../views.js';

/** Slope of leakyRelu below zero, as Keras 3 has it (`negative_slope`). */
export const DEFAULT_ALPHA = 0.3;

/** Rough operations per element: only the planner reads them, and dense layers outweigh them by far. */
const FLOPS_PER_ELEMENT: Readonly<Record<Activation, number>> = {
  relu: 1,
  leakyRelu: 2,
  tanh: 10,
  sigmoid: 10,
  softmax: 12,
};

/** `x` and `y`: `[batch, ...inputShape]`; softmax goes over the last axis. */
export function activation(spec: ActivationSpec, inputShape: Shape, index: number): Layer {
  const { activation: kind, alpha = DEFAULT_ALPHA } = spec;
  const description = {
    name: `activation_${index}`,
    index,
    inputShape,
    outputShape: inputShape,
    parameters: [],
    flops: FLOPS_PER_ELEMENT[kind] * sizeOf(inputShape),
    backwardNeeds: 'output',
  } as const;
  if (kind === 'softmax') return { ...description, ...softmax };
  return {
    ...description,
    elementwise: true,

    forward(kernels, y, x) {
      kernels.activate(y, x, kind, alpha);
    },

    backward(kernels, dX, dY, _x, y) {
      if (dX !== null) kernels.activateGradient(dX, dY, y, kind, alpha);
    },
  };
}

/** Reads a whole row for each element, therefore not elementwise. */
const softmax: Pick<Layer, 'elementwise' | 'forward' | 'backward'> = {
  elementwise: false,

  forward(kernels, y, x) {
    kernels.softmax(classRows(y), classRows(x));
  },

  backward(kernels, dX, dY, _x, y) {
    if (dX !== null) kernels.softmaxGradient(classRows(dX), classRows(dY), classRows(y));
  },
};

/** `[batch, ..., classes]` as `[rows, classes]` */
function classRows(tensor: Tensor): Tensor {
  return asRows(tensor, tensor.size / tensor.shape.at(-1)!);
}
