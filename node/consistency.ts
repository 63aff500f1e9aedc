// How far the workers of a star may be apart (decision 17): all at one clock under `bsp`, at most `staleness` clocks
// under `ssp` (Ho et al. 2013, "More Effective Distributed ML via a Stale Synchronous Parallel Parameter Server"),
// anyhow under `asp`. A pure function, which server and simulator share.

import type { StarSpec } from '../protocol/run-spec.js';

export type Consistency = StarSpec['consistency'];
type Pacing = Pick<StarSpec, 'consistency' | 'staleness' | 'localSteps'>;

/**
 * How many clocks a worker may begin beyond the one that its last parameters are for: it computes while its push and the
 * next parameters travel. None where all wait for one another; and none after local steps, which have changed its weights.
 */
export function clocksBeyond({ consistency, staleness, localSteps }: Pacing): number {
  const isBounded = consistency === 'bsp' || (consistency === 'ssp' && staleness === 0);
  return isBounded || localSteps > 1 ? 0 : 1;
}

/**
 * Clocks that a worker has data for beyond those that the server has taken in: the one that it computes, the next, and
 * the one whose push is under way where it does not wait for that.
 */
export function clocksAhead(star: Pacing): number {
  return 2 + clocksBeyond(star);
}

/**
 * Whether a worker that has pushed `clock` times may have the parameters for its next push.
 * @param clocks pushes of each worker that is alive, this one's included
 * @param staleness of `ssp`: how far it may be ahead of the slowest
 */
export function mayProceed(
  clock: number,
  clocks: readonly number[],
  consistency: Consistency,
  staleness: number,
): boolean {
  if (consistency === 'asp') return true;
  const bound = consistency === 'bsp' ? 0 : staleness;
  return clocks.every((other) => clock - other <= bound);
}
