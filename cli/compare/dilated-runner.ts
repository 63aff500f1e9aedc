// Emulated boards on a computer that may be too slow for so many of them. With `--dilation auto` a few steps of each
// contestant are tried first, and all its times stretched until the pace no longer depends on it, nor the order of work.

import type { PlannedRun } from '../../comparison/plan.js';
import { MOST_DILATION } from '../../comparison/result.js';
import { MOST_DRIFT, MOST_OVERDUE } from '../../protocol/node-figures.js';
import { stepsTogether } from '../../protocol/run-spec.js';
import type { Attempt, Runner } from './contest.js';

export type Dilation = number | 'auto';

/** Enough for a median, few enough to lose little time. */
const TRIAL_STEPS = 60;
const TRIAL_CLOCKS = 8;
/** So many trials have to fail before the run is taken for one that does. */
const FAILURES = 4;
/** Twice the dilation changes a step by no more. */
const SAME_WITHIN = 0.03;

/** A fleet whose times are multiplied by so much. */
export type RunnerAt = (dilation: number, isTrial: boolean) => Runner;

export function dilatedRunner(dilation: Dilation, runnerAt: RunnerAt): Runner {
  if (dilation !== 'auto') return runnerAt(dilation, false);
  const found = new Map<string, number>();
  return async (run, signal) => {
    const key = `${run.contestant.name} ${run.boards}`;
    const factor = found.get(key) ?? (await leastDilation(run, signal, runnerAt));
    if (factor === null) return null;
    found.set(key, factor);
    return runnerAt(factor, false)(run, signal);
  };
}

/** @returns null when it was interrupted */
async function leastDilation(run: PlannedRun, signal: AbortSignal, runnerAt: RunnerAt): Promise<number | null> {
  const trial = shortened(run);
  const tried: Attempt[] = [];
  for (let dilation = 1; ; dilation *= 2) {
    const attempt = await runnerAt(dilation, true)(trial, signal);
    if (attempt === null) return null;
    tried.push(attempt);
    const settled = settledAt(tried);
    if (settled !== null) return 2 ** settled;
    if (dilation >= MOST_DILATION) return 2 ** tried.findLastIndex(({ figures }) => figures !== null);
  }
}

/**
 * Two of the same pace are enough where messages come before they are chosen among. Where some do not, an order of work may
 * hold by itself at two dilations, and change with the next one: then it takes three.
 * @param tried each with twice the dilation of the one before
 * @returns the index of the first that is good enough; null where none is known to be
 */
function settledAt(tried: readonly Attempt[]): number | null {
  if (tried.every(({ figures }) => figures === null)) return tried.length < FAILURES ? null : 0;
  const last = tried.length - 1;
  const same = tried.findIndex((_, from) => tried.slice(from).every((each) => keepPace(each, tried[last] as Attempt)));
  const first = tried.findIndex((each, index) => index >= same && keepsUp(each));
  if (same === -1 || first === -1 || same === last) return null;
  if (last - same >= 2) return first;
  if (!isOrderly(tried[last] as Attempt) || !keepsUp(tried[last] as Attempt)) return null;
  return isOrderly(tried[first] as Attempt) ? first : last;
}

/** One that fails tells nothing of the pace. */
function keepPace(one: Attempt, other: Attempt): boolean {
  if (one.figures === null || other.figures === null) return one.figures === other.figures;
  const [stepMs, sameMs] = [one.figures.stepMs, other.figures.stepMs];
  return stepMs === null || sameMs === null || Math.abs(stepMs - sameMs) <= SAME_WITHIN * sameMs;
}

function keepsUp({ figures }: Attempt): boolean {
  return (figures?.emulated?.drift ?? 0) <= MOST_DRIFT;
}

function isOrderly({ figures }: Attempt): boolean {
  return (figures?.emulated?.overdue ?? 0) <= MOST_OVERDUE;
}

function shortened(run: PlannedRun): PlannedRun {
  const { contestant } = run;
  const steps = Math.max(TRIAL_STEPS, TRIAL_CLOCKS * stepsTogether(contestant.spec));
  const training = { ...contestant.spec.training, steps };
  return { ...run, contestant: { ...contestant, spec: { ...contestant.spec, training } } };
}
