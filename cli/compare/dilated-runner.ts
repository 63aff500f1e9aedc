// Emulated boards on a computer that may be too slow for so many of them. With `--dilation auto` a few steps of each
// contestant are tried first, and all its times stretched until the pace no longer depends on it, nor the order of work.

import type { PlannedRun } from '../../comparison/plan.js';
import { MOST_DRIFT, MOST_OVERDUE } from '../../protocol/node-figures.js';
import type { Attempt, Runner } from './contest.js';

export type Dilation = number | 'auto';

/** Enough for a median, few enough to lose little time. */
const TRIAL_STEPS = 60;
const TRIAL_CLOCKS = 8;
/** Twice the dilation changes a step by no more. */
const SAME_WITHIN = 0.03;
const MOST = 64;

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
  let before: Attempt | null = null;
  for (let dilation = 1; ; dilation *= 2) {
    const attempt = await runnerAt(dilation, true)(trial, signal);
    if (attempt === null) return null;
    if (before !== null && keepPace(before, attempt)) return isInTime(before) ? dilation / 2 : dilation;
    if (dilation >= MOST) return dilation;
    before = attempt;
  }
}

/** One that fails, fails again and is told then. */
function keepPace(before: Attempt, after: Attempt): boolean {
  const [stepMs, sameMs] = [before.figures?.stepMs, after.figures?.stepMs];
  if (stepMs == null || sameMs == null) return true;
  return isInTime(after) && Math.abs(stepMs - sameMs) <= SAME_WITHIN * sameMs;
}

function isInTime({ figures }: Attempt): boolean {
  const { drift = 0, overdue } = figures?.emulated ?? {};
  return drift <= MOST_DRIFT && (overdue ?? 0) <= MOST_OVERDUE;
}

function shortened(run: PlannedRun): PlannedRun {
  const { contestant } = run;
  const { mode, star } = contestant.spec;
  const steps = Math.max(TRIAL_STEPS, mode === 'star' ? TRIAL_CLOCKS * star.localSteps : 0);
  const training = { ...contestant.spec.training, steps };
  return { ...run, contestant: { ...contestant, spec: { ...contestant.spec, training } } };
}
