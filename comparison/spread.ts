// What several rounds say of one figure. One is better than another only where their ranges do not touch: what
// lies within the spread of rounds is no difference. One round has no spread, so there a fixed share stands for it.

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

/**
 * How far apart figures of one round must lie. Rounding alone, the order in which the gradients of two or four boards are
 * added up, moved the time to the target of the same task by 13.6 %.
 */
export const APART_IN_ONE_ROUND = 0.15;

/**
 * Whether every round of `a` is better than every round of `b`.
 * @param apart at least by this share
 */
export function isBeyond(a: Spread, b: Spread, better: Better, apart = apartOf(a, b)): boolean {
  const [less, more] = better === 'less' ? [a, b] : [b, a];
  return less.max < more.min && less.max * (1 + apart) <= more.min;
}

function apartOf(a: Spread, b: Spread): number {
  return Math.min(a.rounds, b.rounds) === 1 ? APART_IN_ONE_ROUND : 0;
}

/** The rule of `isBeyond` for who reads a report with so many rounds, as what follows "better". */
export function beyondText(rounds: number): string {
  if (rounds > 1) return 'beyond the spread of the rounds';
  const apart = `${Math.round(APART_IN_ONE_ROUND * 100)} %`;
  return `by ${apart} or more (one round: less than ${apart} apart counts as the same)`;
}

/** The one whose median is better. */
export function isBetter(a: Spread, b: Spread, better: Better): boolean {
  return better === 'less' ? a.median < b.median : a.median > b.median;
}
