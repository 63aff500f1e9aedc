// The recovery part of a comparison: a contestant on a fleet of this machine whose processes are started again at once, first
// undisturbed and then with faults, by the machinery of `ringtmp chaos`.

import { machineText, thisMachine } from '../../benchmarks/machine.js';
import { hashOf } from '../../comparison/definition.js';
import type { PlannedRun } from '../../comparison/plan.js';
import type { RecoveryDefinition, RecoveryResult } from '../../comparison/recovery.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import {
  batter,
  endedEarly,
  type FaultPlace,
  outcomeOfRun,
  snapshotsOf,
  tooShort,
  undisturbedRun,
} from '../chaos/batter.js';
import { BatteredFleet } from '../chaos/battered-fleet.js';
import type { BatteredRun } from '../chaos/battered-run.js';
import { faultAt, kindsOf, MEMBERS } from '../chaos/fault-plan.js';
import type { JudgedRun } from '../chaos/report.js';
import { aborted } from '../interrupts.js';
import { dataFoldersOf } from '../run-file.js';
import { standardOf } from '../verify/outcome.js';
import { version } from '../version.js';
import { longEnough, type Stretched } from './stretch.js';

export interface BatteringOptions {
  /** How many for each contestant. */
  readonly faults: number;
  readonly engine: string;
  readonly blasArguments: readonly string[];
  readonly command: string;
  /** Of what there is to do, from 0 to 1. */
  readonly onShare: (share: number) => void;
  /** The fleet under way, for whoever must end it at once; null when it has ended. */
  readonly onFleet: (fleet: BatteredFleet | null) => void;
}

const EVERY_MS = 1_000;
/** What a fault takes of a run, with what is awaited after it. */
const SECONDS_A_FAULT = 6;
/** In one run; more find their place in the next. */
const FAULTS_A_RUN = 4;
/** So many times longer where a run was over before it could get over a fault: a busy computer takes its time. */
const MOST_TIMES = 4;

export function recoveryDefinition({ contestant, boards }: PlannedRun, faults: number): RecoveryDefinition {
  const spec: RunSpec = { ...contestant.spec, boards, snapshots: snapshotsOf(contestant.spec) };
  const kinds = kindsFor(spec).map(({ fault, member }) => `${fault} ${member}`);
  return { version: version(), boards, faults, kinds, everyMs: EVERY_MS, spec };
}

function kindsFor({ mode }: RunSpec) {
  return kindsOf(mode, ['kill'], MEMBERS);
}

/**
 * @returns null when it was interrupted
 * @throws an error of errors.ts when the fleet does not start, or a run fails that nothing befell
 */
export async function batterContestant(
  run: PlannedRun,
  options: BatteringOptions,
  interrupt: AbortSignal,
): Promise<RecoveryResult | null> {
  const over = new AbortController();
  const signal = AbortSignal.any([interrupt, over.signal]);
  const { boards, contestant } = run;
  const fleet = await BatteredFleet.make({
    boards,
    dataFolders: [process.cwd(), ...dataFoldersOf(contestant.spec.data)],
    engine: options.engine,
    blasArguments: options.blasArguments,
    env: process.env,
    diskBytes: 0,
    onEnd: () => undefined,
  });
  options.onFleet(fleet);
  try {
    const { failure } = fleet.local;
    await Promise.race([fleet.start(), failure, aborted(signal)]);
    signal.throwIfAborted();
    return await Promise.race([measure(fleet, run, options, signal), failure]);
  } catch (error) {
    if (interrupt.aborted) return null;
    throw error;
  } finally {
    over.abort(); // what still looks on, where a process could not be started again
    await fleet.stop();
    options.onFleet(null);
  }
}

async function measure(fleet: BatteredFleet, run: PlannedRun, options: BatteringOptions, signal: AbortSignal) {
  const startedAt = new Date();
  const { faults, engine } = options;
  const asked = { ...(recoveryDefinition(run, faults).spec as RunSpec), engine } as RunSpec;
  const seconds = SECONDS_A_FAULT * (1 + Math.min(faults, FAULTS_A_RUN));
  let stretch = 1;
  for (let times = 1; ; times *= 2) {
    const least = { seconds: times * seconds, stretch };
    const tried = await longEnough(asked, least, (spec) => undisturbedRun({ fleet, spec, signal }));
    const runs = await battered(fleet, tried, options, signal);
    const early = endedEarly(runs);
    if (early === null) return resultOf({ run, options, startedAt, tried, runs });
    if (times >= MOST_TIMES) throw tooShort(early);
    stretch = tried.stretch;
  }
}

/** By the same faults whoever it is, in the same order. */
async function battered(
  fleet: BatteredFleet,
  { spec, undisturbed }: Stretched<BatteredRun>,
  { faults, onShare }: BatteringOptions,
  signal: AbortSignal,
): Promise<JudgedRun[]> {
  let done = 1; // the undisturbed one
  const onFault = () => onShare(done++ / (1 + faults));
  onFault();
  const kinds = kindsFor(spec);
  const faultOf = ({ overall }: FaultPlace) => faultAt(spec.seed, overall, kinds, spec.boards as number);
  const options = { fleet, spec, faults, signal, everyMs: EVERY_MS, seed: spec.seed, faultAt: faultOf };
  return batter({ ...options, onFault, onRun: () => undefined }, await outcomeOfRun(undisturbed));
}

interface Measured {
  readonly run: PlannedRun;
  readonly options: BatteringOptions;
  readonly startedAt: Date;
  readonly tried: Stretched<BatteredRun>;
  readonly runs: readonly JudgedRun[];
}

function resultOf({ run, options, startedAt, tried, runs }: Measured): RecoveryResult {
  const definition = recoveryDefinition(run, options.faults);
  return {
    contestant: run.contestant.name,
    mode: run.contestant.mode,
    boards: run.boards,
    standard: standardOf(tried.spec),
    startedAt: startedAt.toISOString(),
    wallSeconds: (Date.now() - startedAt.getTime()) / 1000,
    machine: machineText(thisMachine()),
    command: options.command,
    stretch: tried.stretch,
    undisturbed: plainly(tried.undisturbed),
    runs: runs.map(told),
    hash: hashOf(definition),
    definition,
  };
}

function plainly({ steps, seconds, evaluation }: BatteredRun) {
  return { steps, seconds, evaluation: evaluation && { metric: evaluation.metric, value: evaluation.value } };
}

function told(run: JudgedRun): RecoveryResult['runs'][number] {
  const { failure, matches, faults } = run;
  const figures = faults.map(({ fault, member, name, lastsMs, atMs, recoveryMs, generations, repeated }) => {
    return { fault, member, name, lastsMs, atMs, recoveryMs, generations, repeated };
  });
  return { ...plainly(run), failure, matches, faults: figures };
}
