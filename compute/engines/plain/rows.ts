// A tensor of any number of axes seen as rows along its last one, and maps over single elements.

import ndarray from 'ndarray';
import { floatsOf, type Tensor } from '../../tensor.js';
import { columnsOf } from '../shapes.js';

/** Row `index` of `[rows, columns]`, as a view. */
export function rowOf(tensor: Tensor, index: number): Tensor {
  const columns = columnsOf(tensor);
  return ndarray(tensor.data, [columns], [1], tensor.offset + index * columns);
}

/** `y = f(x)`, element by element. */
export function map(y: Tensor, x: Tensor, f: (x: number) => number): void {
  const [to, from] = [floatsOf(y), floatsOf(x)];
  for (let i = 0; i < to.length; i++) to[i] = f(from[i] as number);
}

/** `c = f(a, b)`, element by element. */
export function zip(c: Tensor, a: Tensor, b: Tensor, f: (a: number, b: number) => number): void {
  const [to, left, right] = [floatsOf(c), floatsOf(a), floatsOf(b)];
  for (let i = 0; i < to.length; i++) to[i] = f(left[i] as number, right[i] as number);
}
