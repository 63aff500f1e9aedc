// What is said of figures measured in turns: the median, for machines are noisy, the ratio of medians, and
// how far the ratios of single rounds lie apart, which shows how much the machine wavered.

export interface Ratio {
  /** Of the medians. */
  readonly value: number;
  /** Of single rounds. */
  readonly min: number;
  readonly max: number;
}

/** NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** @param ours and theirs: a figure of each round, in the same order; `null` when a round is missing */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Ratio | null {
  if (ours.length === 0 || ours.length !== theirs.length) return null;
  const rounds = ours.map((value, round) => value / (theirs[round] as number));
  return { value: median(ours) / median(theirs), min: Math.min(...rounds), max: Math.max(...rounds) };
}

/** Of figures that are already ratios. */
export function spreadOf(ratios: readonly number[]): Ratio | null {
  if (ratios.length === 0) return null;
  return { value: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}
