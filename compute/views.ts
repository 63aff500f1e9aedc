// What layers and losses do to tensors without calculating: view them as rows, copy them.
// Kernels know only `[rows, n]`, while samples may have any shape.

import { Arena, type Tensor } from './tensor.js';

/** The same floats as `[rows, size / rows]`; the tensor itself when that is its shape already. */
export function asRows(tensor: Tensor, rows: number): Tensor {
  if (tensor.shape.length === 2 && tensor.shape[0] === rows) return tensor;
  return Arena.reshape(tensor, [rows, tensor.size / rows]);
}

/** Makes `y` equal to `x`; costs nothing when they are the same memory. */
export function copyUnlessSame(y: Tensor, x: Tensor): void {
  if (y.data !== x.data) {
    y.data.set(x.data.subarray(x.offset, x.offset + x.size), y.offset);
  } else if (y.offset !== x.offset) {
    y.data.copyWithin(y.offset, x.offset, x.offset + x.size);
  }
}
