// The fully connected layer, Y = X W + b, and its gradients: dW = Xᵀ dY, db = sum of dY, dX = dY Wᵀ.
// Kernels are stored `[in, units]` as in Keras, so that a saved model needs no transposing.

import { ConfigurationError } from '../../errors.js';
import type { Layer, ParameterSpec } from '../layer.js';
import type { DenseSpec } from '../specs.js';
import type { Shape } from '../tensor.js';

/**
 * `x`: `[batch, in]` to `y`: `[batch, units]`. An `activation` in the spec is not looked at: it is a layer of its own.
 *
 * @throws ConfigurationError when the input is not flat
 */
export function dense(spec: DenseSpec, inputShape: Shape, index: number): Layer {
  const inputs = flatExtent(inputShape);
  const { units } = spec;
  const parameters = parametersOf(spec, inputs);
  return {
    name: `dense_${index}`,
    index,
    inputShape,
    outputShape: [units],
    parameters,
    flops: 2 * inputs * units + (parameters.length > 1 ? units : 0),
    backwardNeeds: 'input',
    elementwise: false,

    forward(kernels, y, x, [w, b]) {
      kernels.dense(y, x, w!, b ?? null);
    },

    backward(kernels, dX, dY, x, _y, [w], { tensors: [dW, db], scale, keep }) {
      if (dX !== null) kernels.denseGradientInput(dX, dY, w!); // first: dW may be the weights themselves
      kernels.denseGradientWeights(dW!, x, dY, scale, keep);
      if (db !== undefined) kernels.denseGradientBias(db, dY, scale, keep);
    },
  };
}

/** kernel `[in, units]`, then bias `[units]` if there is one. */
function parametersOf(spec: DenseSpec, inputs: number): ParameterSpec[] {
  const { units, useBias = true, kernelInitializer = 'glorotUniform', biasInitializer = 'zeros' } = spec;
  const kernel: ParameterSpec = { name: 'kernel', shape: [inputs, units], initializer: kernelInitializer };
  const bias: ParameterSpec = { name: 'bias', shape: [units], initializer: biasInitializer };
  return useBias ? [kernel, bias] : [kernel];
}

function flatExtent(shape: Shape): number {
  const [extent] = shape;
  if (shape.length !== 1 || extent === undefined) {
    throw new ConfigurationError(`dense takes a flat input of shape [n], got [${shape.join(', ')}]`, {
      remedy: 'Put a flatten layer before it.',
    });
  }
  return extent;
}
