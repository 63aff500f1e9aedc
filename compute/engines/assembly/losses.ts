// Losses with an independent target for each output: sigmoid with cross-entropy, and squared error.
// Both are means over the last axis.

import { exp4, log1p } from './exponential';
import { sigmoid4 } from './sigmoids';
import { keepLanes, loadPartial, storePartial, sumLanes } from './vector';

/** `loss = max(z, 0) - z t + log(1 + exp(-|z|))`, which is exact for large |z|; `dX = (sigmoid(z) - t) / n`. */
export function binaryCrossEntropy(
  losses: usize,
  dX: usize,
  logits: usize,
  targets: usize,
  rows: usize,
  n: usize,
): void {
  const rest = n & 3;
  const full = (n - rest) * 4;
  for (let row: usize = 0; row < rows; row++) {
    let sum: f64 = 0;
    for (let j: usize = 0; j < full; j += 16) {
      const z = v128.load(logits + j);
      const t = v128.load(targets + j);
      sum += entropySum(z, t, 4);
      v128.store(dX + j, entropyGradient(z, t, <f32>n));
    }
    if (rest) {
      const z = loadPartial(logits + full, rest);
      const t = loadPartial(targets + full, rest);
      sum += entropySum(z, t, rest);
      storePartial(dX + full, entropyGradient(z, t, <f32>n), rest);
    }
    store<f32>(losses + row * 4, <f32>(sum / <f64>n));
    dX += n * 4;
    logits += n * 4;
    targets += n * 4;
  }
}

// @ts-ignore: decorator
@inline function entropyGradient(z: v128, t: v128, n: f32): v128 {
  return f32x4.div(f32x4.sub(sigmoid4(z), t), f32x4.splat(n));
}

/** Sum of the first `count` lanes' losses. */
function entropySum(z: v128, t: v128, count: usize): f64 {
  const linear = f32x4.sub(f32x4.max(z, f32x4.splat(0)), f32x4.mul(z, t));
  const power = exp4(f32x4.neg(f32x4.abs(z)));
  let sum: f64 = <f64>f32x4.extract_lane(linear, 0) + log1p(f32x4.extract_lane(power, 0));
  if (count > 1) sum += <f64>f32x4.extract_lane(linear, 1) + log1p(f32x4.extract_lane(power, 1));
  if (count > 2) sum += <f64>f32x4.extract_lane(linear, 2) + log1p(f32x4.extract_lane(power, 2));
  if (count > 3) sum += <f64>f32x4.extract_lane(linear, 3) + log1p(f32x4.extract_lane(power, 3));
  return sum;
}

/** `loss = mean of (y - t)²`, `dX = 2 (y - t) / n` */
export function meanSquaredError(
  losses: usize,
  dX: usize,
  outputs: usize,
  targets: usize,
  rows: usize,
  n: usize,
): void {
  const rest = n & 3;
  const full = (n - rest) * 4;
  const factor = f32x4.splat(2 / <f32>n);
  for (let row: usize = 0; row < rows; row++) {
    let sum = f32x4.splat(0);
    for (let j: usize = 0; j < full; j += 16) {
      const difference = f32x4.sub(v128.load(outputs + j), v128.load(targets + j));
      sum = f32x4.add(sum, f32x4.mul(difference, difference));
      v128.store(dX + j, f32x4.mul(difference, factor));
    }
    if (rest) {
      const difference = f32x4.sub(loadPartial(outputs + full, rest), loadPartial(targets + full, rest));
      sum = f32x4.add(sum, keepLanes(f32x4.mul(difference, difference), rest, f32x4.splat(0)));
      storePartial(dX + full, f32x4.mul(difference, factor), rest);
    }
    store<f32>(losses + row * 4, sumLanes(sum) / <f32>n);
    dX += n * 4;
    outputs += n * 4;
    targets += n * 4;
  }
}
