// Standardisation of features, measured over the training rows alone: figures of held-out rows must not
// leak into what is trained on.

import type { Feature } from './data-source.js';

/**
 * Mean and population standard deviation by Welford's method (1962), in which a constant column has a
 * deviation of exactly 0; it is then left undivided.
 */
export function measure(name: string, rows: Uint32Array, valueAt: (row: number) => number): Feature {
  let mean = 0;
  let squares = 0;
  for (let seen = 0; seen < rows.length; seen++) {
    const value = valueAt(rows[seen] as number);
    const distance = value - mean;
    mean += distance / (seen + 1);
    squares += distance * (value - mean);
  }
  return { name, mean, deviation: Math.sqrt(squares / rows.length) || 1 };
}

export function unchanged(name: string): Feature {
  return { name, mean: 0, deviation: 1 };
}

export function normalized(value: number, { mean, deviation }: Feature): number {
  return (value - mean) / deviation;
}
