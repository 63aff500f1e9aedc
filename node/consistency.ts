// How far the workers of a star may be apart (decision 17): all at one clock under `bsp`, at most `staleness` clocks
// under `ssp` (Ho et al. 2013, "More Effective Distributed ML via a Stale Synchronous Parallel Parameter Server"),
// anyhow under `asp`. A pure function, which server and simulator share.

import type { StarSpec } from '../protocol/run-spec.js';

export type Consistency = StarSpec['consistency'];

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
