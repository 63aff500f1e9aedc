// Softmax over rows, its gradient, and softmax fused with cross-entropy. The largest logit is
// subtracted first, so that nothing overflows.

import { exp4, log1p } from './exponential';
import { keepLanes, loadPartial, maxLanes, storePartial, sumLanes } from './vector';

/** `Y = softmax(X)` over rows of `[rows, classes]` */
export function softmax(y: usize, x: usize, rows: usize, classes: usize): void {
  const lead = classes * 4;
  for (let row: usize = 0; row < rows; row++) {
    const sum = exponentials(y, x, classes, largest(x, classes));
    scale(y, classes, 1 / sum);
    y += lead;
    x += lead;
  }
}

/** Largest of a row; NaN when any element is. */
function largest(x: usize, classes: usize): f32 {
  const lowest = f32x4.splat(-Infinity);
  let most = lowest;
  const rest = classes & 3;
  const full = (classes - rest) * 4;
  for (let j: usize = 0; j < full; j += 16) most = f32x4.max(most, v128.load(x + j));
  if (rest) most = f32x4.max(most, keepLanes(loadPartial(x + full, rest), rest, lowest));
  return maxLanes(most);
}

/** `y = exp(x - shift)`; returns the sum. */
function exponentials(y: usize, x: usize, classes: usize, shift: f32): f32 {
  const zero = f32x4.splat(0);
  const shifts = f32x4.splat(shift);
  let sum = zero;
  const rest = classes & 3;
  const full = (classes - rest) * 4;
  for (let j: usize = 0; j < full; j += 16) {
    const power = exp4(f32x4.sub(v128.load(x + j), shifts));
    v128.store(y + j, power);
    sum = f32x4.add(sum, power);
  }
  if (rest) {
    const power = exp4(f32x4.sub(loadPartial(x + full, rest), shifts));
    storePartial(y + full, power, rest);
    sum = f32x4.add(sum, keepLanes(power, rest, zero));
  }
  return sumLanes(sum);
}

function scale(y: usize, classes: usize, factor: f32): void {
  const factors = f32x4.splat(factor);
  const rest = classes & 3;
  const full = (classes - rest) * 4;
  for (let j: usize = 0; j < full; j += 16) v128.store(y + j, f32x4.mul(v128.load(y + j), factors));
  if (rest) storePartial(y + full, f32x4.mul(loadPartial(y + full, rest), factors), rest);
}

/** `dX = Y (dY - sum over classes of dY Y)` */
export function softmaxGradient(dX: usize, dY: usize, y: usize, rows: usize, classes: usize): void {
  const lead = classes * 4;
  const rest = classes & 3;
  const full = (classes - rest) * 4;
  for (let row: usize = 0; row < rows; row++) {
    const mean = f32x4.splat(dot(dY, y, classes));
    for (let j: usize = 0; j < full; j += 16) {
      v128.store(dX + j, f32x4.mul(v128.load(y + j), f32x4.sub(v128.load(dY + j), mean)));
    }
    if (rest) {
      const last = f32x4.mul(loadPartial(y + full, rest), f32x4.sub(loadPartial(dY + full, rest), mean));
      storePartial(dX + full, last, rest);
    }
    dX += lead;
    dY += lead;
    y += lead;
  }
}

function dot(a: usize, b: usize, size: usize): f32 {
  let sum = f32x4.splat(0);
  const rest = size & 3;
  const full = (size - rest) * 4;
  for (let j: usize = 0; j < full; j += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(a + j), v128.load(b + j)));
  if (rest) sum = f32x4.add(sum, f32x4.mul(loadPartial(a + full, rest), loadPartial(b + full, rest)));
  return sumLanes(sum);
}

/** `losses = -log(softmax(logits)[label])`, `dX = softmax(logits) - onehot(label)`; a label that is no class gives NaN. */
export function softmaxCrossEntropy(
  losses: usize,
  dX: usize,
  logits: usize,
  labels: usize,
  rows: usize,
  classes: usize,
): void {
  const lead = classes * 4;
  for (let row: usize = 0; row < rows; row++) {
    const label = load<f32>(labels);
    const known = label >= 0 && label < <f32>classes && label == trunc(label);
    const at = known ? <usize>label * 4 : 0;
    const logit = known ? load<f32>(logits + at) : NaN;
    const shift = largest(logits, classes);
    const sum = exponentials(dX, logits, classes, shift);
    // The largest term of the sum is exactly 1, so log1p loses nothing.
    store<f32>(losses, <f32>(log1p(sum - 1) - <f64>(logit - shift)));
    scale(dX, classes, 1 / sum);
    store<f32>(dX + at, load<f32>(dX + at) - (known ? 1 : NaN));
    losses += 4;
    labels += 4;
    dX += lead;
    logits += lead;
  }
}
