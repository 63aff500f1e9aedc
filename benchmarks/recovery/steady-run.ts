// What a run tells of its steady state: how fast it was, start excluded, and what its cuts took.

import type { Trace } from '../../cli/chaos/trace.js';
import { samplesPerSecond } from '../ring/throughput.js';

export interface SteadyRun {
  readonly samplesPerSecond: number;
  /** Of each cut that was committed then: from the call for it until all have kept it. */
  readonly cutsMs: readonly number[];
  readonly lastsMs: number;
}

/**
 * @param warmUpMs from the first step, that do not count
 * @returns null when too few steps were seen
 */
export function steadyRun(
  { happenings, steps }: Pick<Trace, 'happenings' | 'steps'>,
  warmUpMs: number,
  batch: number,
): SteadyRun | null {
  const beganMs = (steps[0]?.time ?? 0) + warmUpMs;
  const first = steps.find(({ time }) => time >= beganMs);
  const endMs = steps.at(-1)?.time ?? 0;
  const rate = first && samplesPerSecond(steps, first.step, batch);
  if (first === undefined || !rate) return null;
  const cuts = happenings.filter((each) => each.type === 'cut');
  return {
    samplesPerSecond: rate,
    cutsMs: cuts.filter(({ time }) => time >= first.time && time <= endMs).map(({ costMs }) => costMs),
    lastsMs: endMs - first.time,
  };
}
