// How often a run is cut: as often as costs the least in all, by Young's rule (J. W. Young 1974, "A first order
// approximation to the optimum checkpoint interval"; Daly 2006 corrects it where a cut costs much): the square root of
// twice a cut's cost times the mean time between failures.

/** Of a fleet of boards at home, on the safe side: nobody knows better before it was measured. */
const MEAN_TIME_BETWEEN_FAILURES_MS = 60 * 60_000;
/** Before a cut was measured. */
const FIRST_MS = 10_000;
/** More often than that, all that is measured is the measuring. */
const LEAST_MS = 5_000;

/**
 * @param costMs of a cut, from the call for it until all have kept it; null before one was measured
 * @param failureMs mean time between failures of the whole fleet
 * @returns milliseconds between two cuts
 */
export function cutIntervalMs(costMs: number | null, failureMs = MEAN_TIME_BETWEEN_FAILURES_MS): number {
  if (costMs === null) return FIRST_MS;
  if (costMs >= 2 * failureMs) return failureMs;
  const young = Math.sqrt(2 * costMs * failureMs);
  const ratio = Math.sqrt(costMs / (2 * failureMs));
  // Daly's higher-order terms; the cut's own time is no part of the interval.
  return Math.max(LEAST_MS, young * (1 + ratio / 3 + ratio ** 2 / 9) - costMs);
}
