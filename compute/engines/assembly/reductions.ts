// Filling a tensor and summing its squares.

import { loadPartial, storePartial } from './vector';

export function fill(x: usize, size: usize, value: f32): void {
  const rest = size & 3;
  const full = (size - rest) * 4;
  const values = f32x4.splat(value);
  for (let i: usize = 0; i < full; i += 16) v128.store(x + i, values);
  if (rest) storePartial(x + full, values, rest);
}

/** In double precision, where no square of a float overflows: not finite exactly when an element is not. */
export function sumOfSquares(x: usize, size: usize): f64 {
  const rest = size & 3;
  const full = (size - rest) * 4;
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let i: usize = 0; i < full; i += 16) {
    const a = f64x2.promote_low_f32x4(v128.load64_zero(x + i));
    const b = f64x2.promote_low_f32x4(v128.load64_zero(x + i, 8));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const sums = f64x2.add(low, high);
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (let i: usize = 0; i < rest * 4; i += 4) {
    const a = <f64>load<f32>(x + full + i);
    sum += a * a;
  }
  return sum;
}
