// `ringtmp compare`: ring and star on the same data and seed, and a report of which is better at what.

import { machineText, thisMachine } from '../../benchmarks/machine.js';
import { checkCharts } from '../../charts/chart.js';
import { contestantOf } from '../../comparison/contestants.js';
import { nameOf, type PlannedRun, planRuns } from '../../comparison/plan.js';
import { type Recovery, type RecoveryPair, recoveryPair } from '../../comparison/recovery.js';
import type { RunResult } from '../../comparison/result.js';
import { ConfigurationError } from '../../errors.js';
import { mostBoards } from '../../master/planner.js';
import { metricFor } from '../../node/build.js';
import type { LinkKind } from '../../protocol/links.js';
import type { RunStatus } from '../../protocol/run-messages.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { catchInterrupts } from '../interrupts.js';
import { FAILURE, INTERRUPTED } from '../report-failure.js';
import { type BlasOptions, blasArguments, blasSettings, type EngineChoice } from '../resources.js';
import { chooseEngine } from '../up/choose-engine.js';
import { fleetProfiles } from '../up/fleet-profiles.js';
import { programText } from '../version.js';
import { circumstancesOf } from './circumstances.js';
import { type CompareOutput, compareOutput } from './compare-output.js';
import { carryOut } from './contest.js';
import { definer, dilationOf } from './definer.js';
import { type Dilation, dilatedRunner } from './dilated-runner.js';
import { fleetRunner } from './fleet-runner.js';
import { forecaster } from './forecaster.js';
import { compareProgress, runLine } from './progress.js';
import { recoveryPart } from './recovery-part.js';
import { keptRecovery, LEFT_OUT, recoveryStage, runsOf } from './recovery-stage.js';
import { recoveryStore, runStore } from './result-store.js';
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
  /** That befall a ring and a star in the end; 0 leaves them out. */
  readonly faults: number;
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
  checkTarget(options.target, base);
  const contestants = (await readVariants(options.variants)).map((variant) => contestantOf(variant, base));
  const { boards, rounds } = options;
  const plan = planRuns({ contestants, boards, rounds, mostRingBoards: (each) => mostBoards(each.spec) });
  const folder = options.output ?? `runs/comparison-${base.name}`;
  const pair = options.faults === 0 ? LEFT_OUT : recoveryPair(plan);
  const output = compareOutput(process.stdout, options.json ?? false);
  const circumstances = circumstancesOf(base, options);
  const found = await session({ plan, pair, engine, folder, output }, options);
  if (found === null) {
    output.interrupted();
    return INTERRUPTED;
  }
  const judged = await writeReport({ folder, circumstances, ...found, target: options.target });
  output.end(folder, judged);
  return found.results.some(({ outcome }) => outcome === 'finished') ? 0 : FAILURE;
}

/** @throws ConfigurationError for an accuracy that nobody can reach, as 95 for 95 % */
function checkTarget(target: number | undefined, { loss }: RunSpec): void {
  if (target === undefined || metricFor(loss) !== 'accuracy' || (target > 0 && target <= 1)) return;
  throw new ConfigurationError(`--target ${target} is no accuracy: expected a number above 0, up to 1`, {
    remedy: 'Say --target 0.95 for 95 %.',
  });
}

/** What all contestants start from. */
function baseOf(spec: RunSpec, { links, quick }: CompareOptions): RunSpec {
  const { steps: _, ...training } = spec.training;
  return { ...spec, links, ...(quick && { training: { ...training, epochs: 1 } }) };
}

interface Session {
  readonly plan: readonly PlannedRun[];
  readonly pair: RecoveryPair | string;
  readonly engine: EngineChoice;
  readonly folder: string;
  readonly output: CompareOutput;
}

interface Found {
  readonly results: readonly RunResult[];
  readonly recovery: Recovery;
}

/** Whatever must end at once when it has to. */
interface Fleet {
  kill(): void;
}

/** @returns null when it was interrupted */
async function session(
  { plan, pair, engine, folder, output }: Session,
  options: CompareOptions,
): Promise<Found | null> {
  const definitionOf = definer(options);
  const forecastOf = await forecaster(plan, options);
  const [store, recoveries] = [runStore(folder), recoveryStore(folder)];
  await store.open();
  if (options.fresh) await Promise.all([store.clear(), recoveries.clear()]);
  output.begin(plan, pair, folder);
  let fleet: Fleet | null = null;
  const onFleet = (current: Fleet | null): void => {
    fleet = current;
  };
  const signal = catchInterrupts(() => fleet?.kill());
  const sizes = [...plan, ...runsOf(pair)].map((run) => run.boards);
  const progress = compareProgress(process.stderr, sizes, () => performance.now());
  const runner = dilatedRunner(dilationOf(options), (dilation, isTrial) => {
    if (isTrial) progress.trying(dilation);
    const onStatus = ({ step, steps }: RunStatus) => isTrial || progress.within(step / Math.max(1, steps));
    return fleetRunner(settingsOf(engine, dilation, options), { onStatus, onFleet });
  });
  const onStart = (run: PlannedRun) => progress.started(nameOf(run));
  const onResult = (run: PlannedRun, result: RunResult, kept: boolean): void => {
    progress.ended(runLine(run, result, kept), kept || result.outcome === 'not possible');
    output.result(result, kept);
  };
  const stage = recoveryPart({ pair, engine, store: recoveries, output, progress, signal, onFleet }, options);
  try {
    await keptRecovery(stage); // better now than after an hour
    const origin = { program: await programText(), machine: machineText(thisMachine()) };
    const contest = { plan, definitionOf, forecastOf, origin, store, runner, signal, onStart, onResult };
    const results = await carryOut(contest);
    const recovery = results && (await recoveryStage(stage));
    return results && recovery && { results, recovery };
  } finally {
    progress.close();
  }
}

function settingsOf(engine: EngineChoice, dilation: number, options: CompareOptions) {
  const { profile, masterProfile } = options;
  const profiles = { ...(profile && { profile, dilation }), ...(masterProfile && { masterProfile }) };
  return {
    fleet: 'comparison',
    engine,
    blasArguments: blasArguments(options),
    profileArguments: fleetProfiles(profiles),
    env: process.env,
  };
}
