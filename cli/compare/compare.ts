// `ringtmp compare`: ring and star on the same data and seed, and a report of which is better at what.

import { checkCharts } from '../../charts/chart.js';
import { contestantOf } from '../../comparison/contestants.js';
import { type PlannedRun, planRuns } from '../../comparison/plan.js';
import type { RunResult } from '../../comparison/result.js';
import { mostBoards } from '../../master/planner.js';
import type { LinkKind } from '../../protocol/links.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { catchInterrupts } from '../interrupts.js';
import { FAILURE, INTERRUPTED } from '../report-failure.js';
import { type BlasOptions, blasArguments, blasSettings, type EngineChoice } from '../resources.js';
import { chooseEngine } from '../up/choose-engine.js';
import { fleetProfiles } from '../up/fleet-profiles.js';
import type { LocalFleet } from '../up/local-fleet.js';
import { circumstancesOf } from './circumstances.js';
import { type CompareOutput, compareOutput } from './compare-output.js';
import { carryOut } from './contest.js';
import { definer, dilationOf } from './definer.js';
import { type Dilation, dilatedRunner } from './dilated-runner.js';
import { fleetRunner } from './fleet-runner.js';
import { forecaster } from './forecaster.js';
import { compareProgress } from './progress.js';
import { ResultStore } from './result-store.js';
import { readVariants } from './variants.js';
import { writeReport } from './write-report.js';

export interface CompareOptions extends BlasOptions {
  readonly boards: readonly number[];
  /** Of the boards, by commas. */
  readonly profile?: string;
  readonly masterProfile?: string;
  readonly dilation?: Dilation;
  readonly variants?: string;
  readonly rounds: number;
  readonly links: LinkKind;
  readonly target?: number;
  readonly output?: string;
  readonly fresh?: boolean;
  readonly quick?: boolean;
  readonly engine?: EngineChoice;
  readonly json?: boolean;
  /** As it was typed: a figure without its command is worth little. */
  readonly command: string;
}

/** @returns the exit code */
export async function compare(file: string, options: CompareOptions): Promise<number> {
  await checkCharts();
  await blasSettings(options);
  const { engine, spec } = await chooseEngine(file, options.engine);
  const base = baseOf(spec as RunSpec, options);
  const contestants = (await readVariants(options.variants)).map((variant) => contestantOf(variant, base));
  const { boards, rounds } = options;
  const plan = planRuns({ contestants, boards, rounds, mostRingBoards: (each) => mostBoards(each.spec) });
  const store = new ResultStore(options.output ?? `runs/comparison-${base.name}`);
  const output = compareOutput(process.stdout, options.json ?? false);
  const circumstances = circumstancesOf(base, options);
  const results = await session({ plan, engine, store, output }, options);
  if (results === null) {
    output.interrupted();
    return INTERRUPTED;
  }
  const found = await writeReport({ folder: store.folder, circumstances, results, target: options.target });
  output.end(store.folder, found);
  return results.some(({ outcome }) => outcome === 'finished') ? 0 : FAILURE;
}

/** What all contestants start from. */
function baseOf(spec: RunSpec, { links, quick }: CompareOptions): RunSpec {
  const { steps: _, ...training } = spec.training;
  return { ...spec, links, ...(quick && { training: { ...training, epochs: 1 } }) };
}

interface Session {
  readonly plan: readonly PlannedRun[];
  readonly engine: EngineChoice;
  readonly store: ResultStore;
  readonly output: CompareOutput;
}

/** @returns null when it was interrupted */
async function session({ plan, engine, store, output }: Session, options: CompareOptions): Promise<RunResult[] | null> {
  const definitionOf = definer(options);
  const forecastOf = await forecaster(plan, options);
  await store.open();
  if (options.fresh) await store.clear();
  output.begin(plan, store.folder);
  let fleet: LocalFleet | null = null;
  const onFleet = (current: LocalFleet | null): void => {
    fleet = current;
  };
  const signal = catchInterrupts(() => fleet?.kill());
  const progress = compareProgress(process.stderr, plan.length, () => performance.now());
  const watcher = { onStatus: progress.status, onFleet };
  const runner = dilatedRunner(dilationOf(options), (dilation) => {
    return fleetRunner(settingsOf(engine, dilation, options), watcher);
  });
  const onResult = (run: PlannedRun, result: RunResult, kept: boolean): void => {
    progress.ended(run, result, kept);
    output.result(result, kept);
  };
  try {
    return await carryOut({
      plan,
      definitionOf,
      forecastOf,
      store,
      runner,
      signal,
      onStart: progress.started,
      onResult,
    });
  } finally {
    progress.close();
  }
}

function settingsOf(engine: EngineChoice, dilation: number, options: CompareOptions) {
  const { profile, masterProfile } = options;
  const { RINGTMP_PASSWORD: _, ...env } = process.env;
  const profiles = { ...(profile && { profile, dilation }), ...(masterProfile && { masterProfile }) };
  return {
    fleet: 'comparison',
    engine,
    blasArguments: blasArguments(options),
    profileArguments: fleetProfiles(profiles),
    env,
  };
}
