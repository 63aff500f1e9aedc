// Inverted dropout. An element's fate is a function of (seed, layer, step, sample, index within the
// sample), so it does not depend on micro-batches or on which board computes it.

import { philox4, word0, word1, word2, word3 } from './philox';
import { loadPartial, storePartial } from './vector';

/** Second word of the key: random.ts, PURPOSE.dropout. */
const PURPOSE: u32 = 1;

/** `Y = X keep scale` of `[rows, n]`; kept where the word is at least `threshold`. */
export function dropout(
  y: usize,
  x: usize,
  rows: usize,
  n: usize,
  threshold: u32,
  scale: f32,
  seed: u32,
  layer: u32,
  step: u32,
  sample: u32,
): void {
  for (let row: usize = 0; row < rows; row++) {
    for (let j: usize = 0; j < n; j += 16) {
      philox4(<u32>(j >> 2), sample + <u32>row, step, layer, seed, PURPOSE);
      // Words of one block lie in one lane of four vectors: transposed, they are in order.
      const low01 = v128.shuffle<i32>(word0, word1, 0, 4, 1, 5);
      const high01 = v128.shuffle<i32>(word0, word1, 2, 6, 3, 7);
      const low23 = v128.shuffle<i32>(word2, word3, 0, 4, 1, 5);
      const high23 = v128.shuffle<i32>(word2, word3, 2, 6, 3, 7);
      const left = n - j;
      keep(y, x, j, left, v128.shuffle<i64>(low01, low23, 0, 2), threshold, scale);
      keep(y, x, j + 4, left - 4, v128.shuffle<i64>(low01, low23, 1, 3), threshold, scale);
      keep(y, x, j + 8, left - 8, v128.shuffle<i64>(high01, high23, 0, 2), threshold, scale);
      keep(y, x, j + 12, left - 12, v128.shuffle<i64>(high01, high23, 1, 3), threshold, scale);
    }
    y += n * 4;
    x += n * 4;
  }
}

/** Four elements from index `j`, of which `left` (negative: none) lie within the row. NaN times 0 stays NaN. */
// @ts-ignore: decorator
@inline function keep(y: usize, x: usize, j: usize, left: isize, words: v128, threshold: u32, scale: f32): void {
  if (left <= 0) return;
  const kept = i32x4.ge_u(words, i32x4.splat(threshold));
  const factor = v128.and(f32x4.splat(scale), kept);
  const to = y + j * 4;
  const from = x + j * 4;
  if (left >= 4) v128.store(to, f32x4.mul(v128.load(from), factor));
  else storePartial(to, f32x4.mul(loadPartial(from, left), factor), left);
}
