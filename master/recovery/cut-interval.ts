// How often a run is cut: as often as costs the least in all, by Young's rule (J. W. Young 1974, "A first order
// approximation to the optimum checkpoint interval"; Daly 2006 corrects it where a cut costs much): the square root of
// twice a cut's cost times the mean time between failures.

import type { RunSpec } from '../../protocol/run-spec.js';

/** Of a fleet of boards at home, on the safe side: nobody knows better before it was measured. */
const MEAN_TIME_BETWEEN_FAILURES_MS = 60 * 60_000;
/** Before a cut was measured. */
const FIRST_MS = 10_000;
/** More often than that, all that is measured is the measuring. */
const LEAST_MS = 5_000;

/** When a cut is due. */
export interface CutRule {
  /** Steps between two cuts; null: by time. */
  readonly everySteps: number | null;
  /** Milliseconds between two cuts, from what the last one cost; null before one was measured. */
  everyMs(costMs: number | null): number;
}

/** As the run file says it. */
export function cutRule({ everySteps, everySeconds }: RunSpec['snapshots']): CutRule {
  if (everySeconds !== undefined) return { everySteps: null, everyMs: () => everySeconds * 1000 };
  return { everySteps: everySteps ?? null, everyMs: cutIntervalMs };
}

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
