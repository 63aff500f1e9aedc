// What a run tells of its steady state: how fast it was, start excluded, what its cuts took, and what they cost it. The last
// from the same run: while a cut is on its way its steps take longer than its others do. That wavers far less than one run
// does from another.

import type { Happening, Trace } from '../../cli/chaos/trace.js';
import { type CompletedStep, samplesPerSecond } from '../ring/throughput.js';

export interface SteadyRun {
  readonly samplesPerSecond: number;
  /** Of each cut that was committed then: from the call for it until all have kept it. */
  readonly cutsMs: readonly number[];
  /** What the steps meanwhile took longer than the others, all cuts together. */
  readonly lostMs: number;
  readonly lastsMs: number;
}

type Cut = Extract<Happening, { type: 'cut' }>;

/**
 * @param warmUpMs from the first step, that do not count
 * @returns null when too few steps were seen
 */
export function steadyRun(
  { happenings, steps }: Pick<Trace, 'happenings' | 'steps'>,
  warmUpMs: number,
  batch: number,
): SteadyRun | null {
  const beginMs = (steps[0]?.time ?? 0) + warmUpMs;
  const counted = steps.filter(({ time }) => time >= beginMs);
  const [first, last] = [counted[0], counted.at(-1)];
  const rate = samplesPerSecond(counted, 0, batch);
  if (first === undefined || last === undefined || rate === null) return null;
  const isIn = (each: Happening): each is Cut => {
    return each.type === 'cut' && each.time - each.costMs >= first.time && each.time <= last.time;
  };
  const cuts = happenings.filter(isIn);
  return {
    samplesPerSecond: rate,
    cutsMs: cuts.map(({ costMs }) => costMs),
    lostMs: lostTo(cuts, counted),
    lastsMs: last.time - first.time,
  };
}

/** @param cuts each within the time of the steps */
function lostTo(cuts: readonly Cut[], steps: readonly CompletedStep[]): number {
  const during = cuts.map((cut) => {
    const from = steps.findLastIndex(({ time }) => time <= cut.time - cut.costMs);
    const to = steps.findIndex(({ time }) => time >= cut.time);
    return { steps: to - from, ms: msBetween(steps, from, to) };
  });
  const inCuts = { steps: sum(during.map((each) => each.steps)), ms: sum(during.map(({ ms }) => ms)) };
  const usualMs = (msBetween(steps, 0, steps.length - 1) - inCuts.ms) / (steps.length - 1 - inCuts.steps);
  return inCuts.steps === 0 ? 0 : inCuts.ms - inCuts.steps * usualMs;
}

function msBetween(steps: readonly CompletedStep[], from: number, to: number): number {
  return (steps[to]?.time ?? 0) - (steps[from]?.time ?? 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
