// What a step takes, from when each of them was done: the median, so that evaluations and the warming up do not count.

/** Over so many at least, for the steps of a ring may be long and short by turns; and over whole groups of those done together. */
const FEWEST = 8;

/**
 * @param times when each step was done, in any unit
 * @param together so many steps may be done at one moment: a star's local steps
 * @returns in that unit; null of a run of a single step
 */
export function medianStep(times: readonly number[], together = 1): number | null {
  if (times.length < 2) return null;
  const span = Math.min(together * Math.ceil(FEWEST / together), times.length - 1);
  const paces = times.slice(span).map((end, index) => (end - (times[index] as number)) / span);
  return paces.sort((a, b) => a - b)[paces.length >> 1] ?? null;
}
