// Emulated boards on a computer that may be too slow for so many of them. With `--dilation auto` a few steps of each
// contestant are tried first, and all its times stretched until the computer keeps pace.

import type { PlannedRun } from '../../comparison/plan.js';
import type { Runner } from './contest.js';

export type Dilation = number | 'auto';

/** Enough to see the drift, few enough to lose little time. */
const TRIAL_STEPS = 100;
/** A run says so above 5 %: a whole run may be a little later than a short one. */
const DRIFT_WANTED = 0.04;
const LEAST_GROWTH = 1.5;
const MOST = 32;

/** @param runnerAt a fleet whose times are multiplied by so much */
export function dilatedRunner(dilation: Dilation, runnerAt: (dilation: number) => Runner): Runner {
  if (dilation !== 'auto') return runnerAt(dilation);
  const found = new Map<string, number>();
  return async (run, signal) => {
    const key = `${run.contestant.name} ${run.boards}`;
    const factor = found.get(key) ?? (await leastDilation(run, signal, runnerAt));
    if (factor === null) return null;
    found.set(key, factor);
    return runnerAt(factor)(run, signal);
  };
}

/** @returns null when it was interrupted */
async function leastDilation(
  run: PlannedRun,
  signal: AbortSignal,
  runnerAt: (dilation: number) => Runner,
): Promise<number | null> {
  const trial = shortened(run);
  for (let dilation = 1; ; ) {
    const attempt = await runnerAt(dilation)(trial, signal);
    if (attempt === null) return null;
    const drift = attempt.figures?.emulated?.drift ?? 0; // one that fails, fails again and is told then
    if (drift <= DRIFT_WANTED || dilation >= MOST) return dilation;
    dilation = Math.min(MOST, Math.ceil(10 * dilation * Math.max(LEAST_GROWTH, 1 + drift)) / 10);
  }
}

function shortened(run: PlannedRun): PlannedRun {
  const { contestant } = run;
  const training = { ...contestant.spec.training, steps: TRIAL_STEPS };
  return { ...run, contestant: { ...contestant, spec: { ...contestant.spec, training } } };
}
