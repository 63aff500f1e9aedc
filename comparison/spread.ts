// What several rounds say of one figure. One is better than another only where their ranges do not touch: what
// lies within the spread of rounds is no difference.

import { median } from '../benchmarks/statistics.js';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: number;
}

/** Null of none, and where a round has no value: it is not known then. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0 || known.length < values.length) return null;
  return { median: median(known), min: Math.min(...known), max: Math.max(...known), rounds: known.length };
}

export type Better = 'less' | 'more';

/** Whether every round of `a` is better than every round of `b`. */
export function isBeyond(a: Spread, b: Spread, better: Better): boolean {
  return better === 'less' ? a.max < b.min : a.min > b.max;
}

/** The one whose median is better. */
export function isBetter(a: Spread, b: Spread, better: Better): boolean {
  return better === 'less' ? a.median < b.median : a.median > b.median;
}
