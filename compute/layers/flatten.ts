// Flatten: `[batch, ...shape]` to `[batch, n]`. Row-major memory is contiguous, so nothing moves: where
// `y` shares the memory of `x` it is free, elsewhere it is a copy.

import type { Layer } from '../layer.js';
import { type Shape, sizeOf } from '../tensor.js';
import { copyUnlessSame } from '../views.js';

export function flatten(inputShape: Shape, index: number): Layer {
  return {
    name: `flatten_${index}`,
    index,
    inputShape,
    outputShape: [sizeOf(inputShape)],
    parameters: [],
    flops: 0,
    backwardNeeds: 'nothing',
    elementwise: true,

    forward(_kernels, y, x) {
      copyUnlessSame(y, x);
    },

    backward(_kernels, dX, dY) {
      if (dX !== null) copyUnlessSame(dX, dY);
    },
  };
}
