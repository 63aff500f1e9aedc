// Curves: fewer and smoother points of them, and where they cross a target.

/** Losses by step, each the mean of the steps that a point stands for: one step's loss is mostly its samples'. */
export function smoothed<T extends { readonly loss: number }>(points: readonly T[], most: number): T[] {
  const size = Math.ceil(points.length / most);
  return Array.from({ length: Math.ceil(points.length / Math.max(1, size)) }, (_, index) => {
    const bucket = points.slice(index * size, (index + 1) * size);
    const loss = bucket.reduce((total, point) => total + point.loss, 0) / bucket.length;
    return { ...(bucket.at(-1) as T), loss };
  });
}

export interface Point {
  readonly seconds: number;
  readonly value: number;
}

export type Direction = 'up' | 'down';

/** Shares are to grow, errors to shrink. */
export function directionOf(metric: string): Direction {
  return metric === 'accuracy' ? 'up' : 'down';
}

/**
 * When a curve first reaches a target, linear between its points; before the first nothing is known, so one that
 * begins beyond the target counts from there.
 * @returns null when it never does
 */
export function secondsTo(target: number, curve: readonly Point[], direction: Direction): number | null {
  const reaches = (value: number): boolean => (direction === 'up' ? value >= target : value <= target);
  const index = curve.findIndex(({ value }) => reaches(value));
  const [after, before] = [curve[index], curve[index - 1]];
  if (after === undefined) return null;
  if (before === undefined) return after.seconds;
  const share = (target - before.value) / (after.value - before.value);
  return before.seconds + share * (after.seconds - before.seconds);
}
