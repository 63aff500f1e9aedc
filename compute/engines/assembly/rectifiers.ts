// relu and leakyRelu. Nothing is selected away: a NaN, or an infinite gradient that meets a zero, comes
// out as NaN, so that a fault is found where it arises.

import { loadPartial, storePartial } from './vector';

export function relu(y: usize, x: usize, size: usize): void {
  const rest = size & 3;
  const full = (size - rest) * 4;
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < full; i += 16) v128.store(y + i, f32x4.max(v128.load(x + i), zero));
  if (rest) storePartial(y + full, f32x4.max(loadPartial(x + full, rest), zero), rest);
}

export function leakyRelu(y: usize, x: usize, size: usize, alpha: f32): void {
  const rest = size & 3;
  const full = (size - rest) * 4;
  for (let i: usize = 0; i < full; i += 16) v128.store(y + i, leak(v128.load(x + i), alpha));
  if (rest) storePartial(y + full, leak(loadPartial(x + full, rest), alpha), rest);
}

// @ts-ignore: decorator
@inline function leak(x: v128, alpha: f32): v128 {
  return v128.bitselect(x, f32x4.mul(x, f32x4.splat(alpha)), f32x4.gt(x, f32x4.splat(0)));
}

export function reluGradient(dX: usize, dY: usize, y: usize, size: usize): void {
  leakyReluGradient(dX, dY, y, size, 0);
}

export function leakyReluGradient(dX: usize, dY: usize, y: usize, size: usize, alpha: f32): void {
  const rest = size & 3;
  const full = (size - rest) * 4;
  for (let i: usize = 0; i < full; i += 16) {
    v128.store(dX + i, f32x4.mul(v128.load(dY + i), slope(v128.load(y + i), alpha)));
  }
  if (rest == 0) return;
  storePartial(dX + full, f32x4.mul(loadPartial(dY + full, rest), slope(loadPartial(y + full, rest), alpha)), rest);
}

/** 1 above zero, else alpha; `0 y` adds nothing but NaN. */
// @ts-ignore: decorator
@inline function slope(y: v128, alpha: f32): v128 {
  const zero = f32x4.splat(0);
  const below = f32x4.add(f32x4.splat(alpha), f32x4.mul(y, zero));
  return v128.bitselect(f32x4.splat(1), below, f32x4.gt(y, zero));
}
