// How the samples of a batch are shared out over the workers of a star: under `bsp` in proportion to their speed, for
// all of them wait for the slowest; otherwise equally (decision 17).

import { CapacityError } from '../errors.js';
import type { RunSpec } from '../protocol/run-spec.js';

/**
 * Whole numbers that add up to the batch, by largest remainder.
 * @throws CapacityError when there are more workers than samples
 */
export function sharesOf({ training: { batch }, star }: RunSpec, gflops: readonly number[]): number[] {
  if (gflops.length > batch) {
    throw new CapacityError(`a batch of ${batch} samples cannot be shared out over ${gflops.length} workers`, {
      remedy: `Ask for at most ${batch} boards, or raise training.batch.`,
    });
  }
  const weights = star.consistency === 'bsp' ? gflops : gflops.map(() => 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // One sample each, then the rest in proportion: nobody may be left without.
  const exact = weights.map((weight) => Math.max(0, (weight / total) * batch - 1));
  const scale =
    (batch - gflops.length) /
    Math.max(
      1e-9,
      exact.reduce((sum, share) => sum + share, 0),
    );
  return roundedTo(
    batch - gflops.length,
    exact.map((share) => share * scale),
  ).map((share) => share + 1);
}

function roundedTo(total: number, exact: readonly number[]): number[] {
  const whole = exact.map(Math.floor);
  const missing = total - whole.reduce((sum, share) => sum + share, 0);
  const remainder = (index: number) => (exact[index] as number) - (whole[index] as number);
  const first = whole
    .map((_, index) => index)
    .sort((a, b) => remainder(b) - remainder(a) || a - b)
    .slice(0, missing);
  for (const index of first) whole[index] = (whole[index] as number) + 1;
  return whole;
}
