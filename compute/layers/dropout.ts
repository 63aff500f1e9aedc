// Inverted dropout (Srivastava et al. 2014): in training each input is dropped with probability
// `rate` and the rest scaled by 1 / (1 - rate); in evaluation nothing happens. The mask is a function
// of (seed, layer, step, sample), so backward draws it again instead of stashing it.

import type { RandomKey } from '../kernels.js';
import type { Layer, Pass } from '../layer.js';
import type { DropoutSpec } from '../specs.js';
import { type Shape, sizeOf, type Tensor } from '../tensor.js';
import { asRows, copyUnlessSame } from '../views.js';

/** `x` and `y`: `[batch, ...inputShape]` */
export function dropout(spec: DropoutSpec, inputShape: Shape, index: number, seed: number): Layer {
  const { rate } = spec;
  const isIdentity = (pass: Pass) => !pass.training || rate === 0;
  const keyOf = ({ step, sample }: Pass): RandomKey => ({ seed, layer: index, step, sample });
  return {
    name: `dropout_${index}`,
    index,
    inputShape,
    outputShape: inputShape,
    parameters: [],
    flops: 2 * sizeOf(inputShape),
    backwardNeeds: 'nothing',
    elementwise: true,

    forward(kernels, y, x, _weights, pass) {
      if (isIdentity(pass)) copyUnlessSame(y, x);
      else kernels.dropout(sampleRows(y), sampleRows(x), rate, keyOf(pass));
    },

    backward(kernels, dX, dY, _x, _y, _weights, _gradients, pass) {
      if (dX === null) return;
      if (isIdentity(pass)) copyUnlessSame(dX, dY);
      else kernels.dropout(sampleRows(dX), sampleRows(dY), rate, keyOf(pass));
    },
  };
}

/** One row per sample, since the key counts samples. */
function sampleRows(tensor: Tensor): Tensor {
  return asRows(tensor, tensor.shape[0]!);
}
