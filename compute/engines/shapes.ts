// What every engine demands of its arguments: a kernel that reads past a tensor would give numbers, not
// an error. Checks allocate nothing unless they fail.

import { ComputeError } from '../../errors.js';
import type { Tensor } from '../tensor.js';

/** Extent of the last axis. */
export function columnsOf(tensor: Tensor): number {
  return tensor.shape[tensor.shape.length - 1] ?? 1;
}

/** Everything but the last axis, as one. */
export function rowsOf(tensor: Tensor): number {
  const columns = columnsOf(tensor);
  return columns === 0 ? 0 : tensor.size / columns;
}

/** Y[m, n], X[m, k], W[k, n] and b[n], or their gradients. */
export function checkDense(operation: string, y: Tensor, x: Tensor, w: Tensor, b: Tensor | null): void {
  const n = columnsOf(y);
  const k = columnsOf(x);
  const fits = rowsOf(y) === rowsOf(x) && w.size === k * n && columnsOf(w) === n && (b === null || b.size === n);
  if (!fits) throw mismatch(operation, b === null ? [y, x, w] : [y, x, w, b]);
}

export function checkBias(db: Tensor, dY: Tensor): void {
  if (db.size !== columnsOf(dY)) throw mismatch('denseGradientBias', [db, dY]);
}

/** All tensors of equal size. */
export function checkSizes(operation: string, a: Tensor, b: Tensor, c: Tensor = a, d: Tensor = a): void {
  const size = a.size;
  if (b.size !== size || c.size !== size || d.size !== size) throw mismatch(operation, [a, b, c, d]);
}

/** Two tensors of equal shape `[rows, columns]`, of which the last axis matters. */
export function checkRows(operation: string, a: Tensor, b: Tensor, c: Tensor = a): void {
  const columns = columnsOf(a);
  if (columnsOf(b) !== columns || columnsOf(c) !== columns) throw mismatch(operation, [a, b, c]);
  checkSizes(operation, a, b, c);
}

/** One loss a row, gradients as outputs, and `targetColumns` targets a row. */
export function checkLoss(
  operation: string,
  losses: Tensor,
  dX: Tensor,
  outputs: Tensor,
  targets: Tensor,
  targetColumns: number,
): void {
  const rows = rowsOf(outputs);
  const fits = losses.size === rows && dX.size === outputs.size && targets.size === rows * targetColumns;
  if (!fits) throw mismatch(operation, [losses, dX, outputs, targets]);
}

/** 0 <= rate < 1: at 1 there would be nothing left to scale. */
export function checkRate(rate: number): void {
  if (rate >= 0 && rate < 1) return;
  throw new ComputeError(`dropout: the rate is ${rate}, but must be at least 0 and below 1`, {
    remedy: 'Give the share of the inputs that is set to zero, for example 0.5.',
  });
}

function mismatch(operation: string, tensors: readonly Tensor[]): ComputeError {
  const shapes = tensors.map((tensor) => `[${tensor.shape.join(', ')}]`).join(', ');
  return new ComputeError(`${operation}: the shapes ${shapes} do not fit together`, {
    remedy: 'Check the layers: the inputs of each are the outputs of the one before it.',
  });
}
