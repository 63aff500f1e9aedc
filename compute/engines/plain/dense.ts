// The dense layer's products as triple loops, innermost along the rows of memory.

import { floatsOf, type Tensor } from '../../tensor.js';
import { checkBias, checkDense, columnsOf, rowsOf } from '../shapes.js';
import { rowOf } from './rows.js';

/** `Y = X W + b` */
export function dense(y: Tensor, x: Tensor, w: Tensor, b: Tensor | null): void {
  checkDense('dense', y, x, w, b);
  const [m, k, n] = [rowsOf(x), columnsOf(x), columnsOf(y)];
  const [X, W, sums] = [floatsOf(x), floatsOf(w), new Float64Array(n)];
  for (let i = 0; i < m; i++) {
    if (b === null) sums.fill(0);
    else sums.set(floatsOf(b));
    for (let p = 0; p < k; p++) addScaled(sums, W, p * n, X[i * k + p] as number);
    floatsOf(rowOf(y, i)).set(sums);
  }
}

/** `dW = (keep ? dW : 0) + scale Xᵀ dY` */
export function denseGradientWeights(dW: Tensor, x: Tensor, dY: Tensor, scale: number, keep: boolean): void {
  checkDense('denseGradientWeights', dY, x, dW, null);
  const [m, k, n] = [rowsOf(x), columnsOf(x), columnsOf(dY)];
  const [X, D, sums] = [floatsOf(x), floatsOf(dY), new Float64Array(n)];
  for (let p = 0; p < k; p++) {
    const row = floatsOf(rowOf(dW, p));
    if (keep) sums.set(row);
    else sums.fill(0);
    for (let i = 0; i < m; i++) addScaled(sums, D, i * n, scale * (X[i * k + p] as number));
    row.set(sums);
  }
}

/** `db = (keep ? db : 0) + scale (sum over m of dY)` */
export function denseGradientBias(db: Tensor, dY: Tensor, scale: number, keep: boolean): void {
  checkBias(db, dY);
  const [to, D, n] = [floatsOf(db), floatsOf(dY), columnsOf(dY)];
  if (!keep) to.fill(0);
  for (let i = 0; i < rowsOf(dY); i++) addScaled(to, D, i * n, scale);
}

/** `dX = dY Wᵀ` */
export function denseGradientInput(dX: Tensor, dY: Tensor, w: Tensor): void {
  checkDense('denseGradientInput', dY, dX, w, null);
  const [m, k, n] = [rowsOf(dX), columnsOf(dX), columnsOf(dY)];
  const [result, D, W] = [floatsOf(dX), floatsOf(dY), floatsOf(w)];
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) result[i * k + p] = dot(D, i * n, W, p * n, n);
  }
}

/** `sums[j] += factor source[start + j]` */
function addScaled(sums: Float64Array | Float32Array, source: Float32Array, start: number, factor: number): void {
  for (let j = 0; j < sums.length; j++) sums[j] = (sums[j] as number) + factor * (source[start + j] as number);
}

function dot(a: Float32Array, aStart: number, b: Float32Array, bStart: number, length: number): number {
  let sum = 0;
  for (let j = 0; j < length; j++) sum += (a[aStart + j] as number) * (b[bStart + j] as number);
  return sum;
}
