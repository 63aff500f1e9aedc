// The dense layer's four products. Forward starts from the bias, the weights' gradient from what is kept
// or from zero, so that every product is an addition to its output.

import { addProduct, addTransposedProduct } from './gemm';
import { loadPartial, storePartial } from './vector';

/** `Y[m, n] = X[m, k] W[k, n] + b[n]`; `hasBias` false means no bias, as 0 is an address. */
export function dense(y: usize, x: usize, w: usize, b: usize, hasBias: bool, m: usize, k: usize, n: usize): void {
  if (hasBias) repeatRow(y, b, m, n);
  else memory.fill(y, 0, m * n * 4);
  addProduct(y, x, w, m, n, k, false);
}

/** Each row of `Y[m, n]` becomes `row[n]`. */
export function repeatRow(y: usize, row: usize, m: usize, n: usize): void {
  for (let i: usize = 0; i < m; i++) memory.copy(y + i * n * 4, row, n * 4);
}

/** `dX[m, k] = dY[m, n] W[k, n]ᵀ` */
export function denseGradientInput(dX: usize, dY: usize, w: usize, m: usize, k: usize, n: usize): void {
  memory.fill(dX, 0, m * k * 4);
  addProduct(dX, dY, w, m, k, n, true);
}

/** `dW[k, n] = (keep ? dW : 0) + scale X[m, k]ᵀ dY[m, n]` */
export function denseGradientWeights(
  dW: usize,
  x: usize,
  dY: usize,
  m: usize,
  k: usize,
  n: usize,
  scale: f32,
  keep: bool,
): void {
  addTransposedProduct(dW, x, dY, k, n, m, scale, keep);
}

/** `db[n] = (keep ? db : 0) + scale (sum over m of dY[m, n])` */
export function denseGradientBias(db: usize, dY: usize, m: usize, n: usize, scale: f32, keep: bool): void {
  const scales = f32x4.splat(scale);
  const rest = n & 3;
  const full = (n - rest) * 4;
  for (let j: usize = 0; j < full; j += 16) {
    let sum = f32x4.splat(0);
    for (let i: usize = 0; i < m; i++) sum = f32x4.add(sum, v128.load(dY + i * n * 4 + j));
    const before = keep ? v128.load(db + j) : f32x4.splat(0);
    v128.store(db + j, f32x4.add(before, f32x4.mul(scales, sum)));
  }
  if (rest == 0) return;
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < m; i++) sum = f32x4.add(sum, loadPartial(dY + i * n * 4 + full, rest));
  const before = keep ? loadPartial(db + full, rest) : f32x4.splat(0);
  storePartial(db + full, f32x4.add(before, f32x4.mul(scales, sum)), rest);
}
