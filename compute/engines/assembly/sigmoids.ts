// The logistic function and tanh, and their gradients from the output.

import { exp4 } from './exponential';
import { loadPartial, storePartial } from './vector';

/** `1 / (1 + exp(-x))` */
// @ts-ignore: decorator
@inline export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

/**
 * From the exponential where that is accurate, and below 0.625, where it cancels, from a polynomial
 * (Cephes, tanhf).
 */
// @ts-ignore: decorator
@inline function tanh4(x: v128): v128 {
  const one = f32x4.splat(1);
  const magnitude = f32x4.abs(x);
  const power = exp4(f32x4.add(magnitude, magnitude));
  const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(power, one)));
  const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));

  const z = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.06390887954e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-5.37397155531e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.33314422036e-1));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-3.33332819422e-1));
  const near = f32x4.add(x, f32x4.mul(x, f32x4.mul(z, p)));
  return v128.bitselect(near, signed, f32x4.lt(magnitude, f32x4.splat(0.625)));
}

export function sigmoid(y: usize, x: usize, size: usize): void {
  const rest = size & 3;
  const full = (size - rest) * 4;
  for (let i: usize = 0; i < full; i += 16) v128.store(y + i, sigmoid4(v128.load(x + i)));
  if (rest) storePartial(y + full, sigmoid4(loadPartial(x + full, rest)), rest);
}

export function tanh(y: usize, x: usize, size: usize): void {
  const rest = size & 3;
  const full = (size - rest) * 4;
  for (let i: usize = 0; i < full; i += 16) v128.store(y + i, tanh4(v128.load(x + i)));
  if (rest) storePartial(y + full, tanh4(loadPartial(x + full, rest)), rest);
}

/** `dX = dY y (1 - y)` */
export function sigmoidGradient(dX: usize, dY: usize, y: usize, size: usize): void {
  const rest = size & 3;
  const full = (size - rest) * 4;
  for (let i: usize = 0; i < full; i += 16) v128.store(dX + i, throughSigmoid(v128.load(dY + i), v128.load(y + i)));
  if (rest) storePartial(dX + full, throughSigmoid(loadPartial(dY + full, rest), loadPartial(y + full, rest)), rest);
}

// @ts-ignore: decorator
@inline function throughSigmoid(dY: v128, y: v128): v128 {
  return f32x4.mul(dY, f32x4.mul(y, f32x4.sub(f32x4.splat(1), y)));
}

/** `dX = dY (1 - y²)` */
export function tanhGradient(dX: usize, dY: usize, y: usize, size: usize): void {
  const rest = size & 3;
  const full = (size - rest) * 4;
  for (let i: usize = 0; i < full; i += 16) v128.store(dX + i, throughTanh(v128.load(dY + i), v128.load(y + i)));
  if (rest) storePartial(dX + full, throughTanh(loadPartial(dY + full, rest), loadPartial(y + full, rest)), rest);
}

// (1 - y)(1 + y), which does not cancel near 1 as 1 - y² does.
// @ts-ignore: decorator
@inline function throughTanh(dY: v128, y: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.mul(dY, f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y)));
}
