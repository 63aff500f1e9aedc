// Run after run on one fleet, until enough faults have befallen them, each judged by the same run undisturbed.

import { setTimeout as sleep } from 'node:timers/promises';
import { RunError } from '../../errors.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { judge, outcomeOf, type RunOutcome, standardOf } from '../verify/outcome.js';
import type { BatteredFleet } from './battered-fleet.js';
import { type BatteredRun, type BefallenFault, batteredRun } from './battered-run.js';
import type { PlannedFault } from './fault-plan.js';
import type { JudgedRun } from './report.js';

export interface Battering {
  readonly fleet: BatteredFleet;
  readonly spec: RunSpec;
  /** The first run's; the next one has the next. */
  readonly seed: number;
  /** In all. */
  readonly faults: number;
  readonly faultAt: (place: FaultPlace) => PlannedFault;
  /** Between a recovery and the next fault. */
  readonly everyMs: number;
  readonly onFault: (fault: BefallenFault) => void;
  readonly onRun: (run: JudgedRun) => void;
  readonly signal: AbortSignal;
}

export interface FaultPlace {
  /** Of the run. */
  readonly seed: number;
  /** In the run. */
  readonly index: number;
  /** In all runs. */
  readonly overall: number;
}

/** A cut is reached between faults, unless the run file says otherwise. */
const USUAL_SNAPSHOTS = { everySeconds: 1 };

export function snapshotsOf({ snapshots }: RunSpec): RunSpec['snapshots'] {
  const isTold = snapshots.everySteps !== undefined || snapshots.everySeconds !== undefined;
  return isTold ? snapshots : USUAL_SNAPSHOTS;
}

/** Whatever was killed last is back by then. */
const BACK_MS = 5_000;

/**
 * @returns fewer faults than were asked for where a run failed, or was over before it had settled after one (`endedEarly`)
 * @throws the signal's reason
 */
export async function batter(battering: Battering, reference: RunOutcome): Promise<JudgedRun[]> {
  const { onRun, signal } = battering;
  const runs: JudgedRun[] = [];
  for (let seed = battering.seed, left = battering.faults; left > 0; seed++) {
    const run = await oneRun(battering, seed, left);
    const judged = { ...run, seed, matches: await isAsUndisturbed(run, reference, battering.spec) };
    runs.push(judged);
    onRun(judged);
    left -= run.faults.length;
    // What is wrong there would be wrong in the next one, too.
    if (run.failure !== null || run.faults.length === 0) break;
    if (left > 0) await sleep(BACK_MS, undefined, { signal });
  }
  return runs;
}

function oneRun({ fleet, spec, faults, faultAt, everyMs, onFault, signal }: Battering, seed: number, most: number) {
  const nextFault = (index: number) => {
    return index < most ? faultAt({ seed, index, overall: faults - most + index }) : null;
  };
  return batteredRun({ fleet, spec, everyMs, nextFault, onFault, signal });
}

/** The same run with no fault at all. */
export function undisturbedRun({ fleet, spec, signal }: Pick<Battering, 'fleet' | 'spec' | 'signal'>) {
  return batteredRun({ fleet, spec, everyMs: 0, nextFault: () => null, onFault: () => undefined, signal });
}

/** @throws RunError when the undisturbed one did not finish */
export async function outcomeOfRun({ run, folder, evaluation, failure }: BatteredRun): Promise<RunOutcome> {
  if (failure === null) return outcomeOf({ folder, evaluation });
  throw new RunError(`run ${run}, which nothing befell, did not finish: ${failure}`);
}

async function isAsUndisturbed(run: BatteredRun, reference: RunOutcome, spec: RunSpec): Promise<boolean> {
  return run.failure === null && judge(standardOf(spec), reference, await outcomeOf(run)).matches;
}

/** @returns the one that left no time for a fault; null when there is none */
export function endedEarly(runs: readonly BatteredRun[]): BatteredRun | null {
  return runs.find(({ failure, faults }) => failure === null && faults.length === 0) ?? null;
}

export function tooShort({ run, seconds }: BatteredRun): RunError {
  return new RunError(`run ${run} was over after ${seconds.toFixed(1)} s, before it could get over a fault`, {
    remedy: 'Let faults come sooner (--every 1s), or the run last longer (--epochs 100).',
  });
}
