// Inverted dropout. An element's fate is a function of (seed, layer, step, sample, index within the
// sample), so it does not depend on micro-batches or on which board computes it.

import type { RandomKey } from '../../kernels.js';
import { dropThreshold, keepScale, PURPOSE, philox } from '../../random.js';
import { floatsOf, type Tensor } from '../../tensor.js';
import { checkRate, checkSizes } from '../shapes.js';

export function dropout(y: Tensor, x: Tensor, rate: number, key: RandomKey): void {
  checkSizes('dropout', y, x);
  checkRate(rate);
  const [to, from, words] = [floatsOf(y), floatsOf(x), new Uint32Array(4)];
  const [threshold, scale] = [dropThreshold(rate), keepScale(rate)];
  const rows = x.shape[0] ?? 1;
  const n = x.size / rows;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < n; j++) {
      if ((j & 3) === 0) philox(words, j >> 2, key.sample + i, key.step, key.layer, key.seed, PURPOSE.dropout);
      const keep = (words[j & 3] as number) >= threshold;
      to[i * n + j] = (from[i * n + j] as number) * (keep ? scale : 0);
    }
  }
}
