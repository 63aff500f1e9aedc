// `ringtmp chaos`: batters a fleet while it trains, and shows that nothing was lost. Whatever happens, nothing is left of it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunError } from '../../errors.js';
import { mostBoards } from '../../master/planner.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { aborted, catchInterrupts } from '../interrupts.js';
import { FAILURE, INTERRUPTED } from '../report-failure.js';
import { type BlasOptions, blasArguments, type EngineChoice } from '../resources.js';
import { dataFoldersOf } from '../run-file.js';
import { boardsFor, withoutPassword } from '../up/up.js';
import { judge, outcomeOf, type RunOutcome, standardOf } from '../verify/outcome.js';
import { trainReference } from '../verify/reference.js';
import { exactSpec } from '../verify/verify.js';
import { BatteredFleet } from './battered-fleet.js';
import { type BatteredRun, batteredRun } from './battered-run.js';
import { type ChaosOutput, chaosOutput } from './chaos-output.js';
import { type Fault, faultAt, type Kind, kindsOf, type Member } from './fault-plan.js';
import type { JudgedRun } from './report.js';
import { SmallDisk } from './small-disk.js';

export interface ChaosOptions extends BlasOptions {
  readonly kill: readonly Member[];
  readonly kinds: readonly Fault[];
  readonly every: number;
  readonly seed: number;
  readonly faults: number;
  readonly boards?: number;
  readonly epochs?: number;
  readonly engine?: EngineChoice;
  readonly keep?: string;
  readonly json?: boolean;
}

/** Cuts are reached between faults. */
const USUAL_SNAPSHOTS = { everySeconds: 1 };
/** Of an agent's disk: so many times the model, for three cuts of two stages each, with the optimizer's state. */
const DISK_MODELS = 40;
const LEAST_DISK_BYTES = 2 ** 25;
/** Whatever was killed last is back by then. */
const BACK_MS = 5_000;

/** @returns the exit code: 0 only if all runs have finished as the undisturbed one */
export async function chaos(file: string, options: ChaosOptions): Promise<number> {
  const spec = await batteredSpec(file, options);
  const output = chaosOutput(options.json ?? false);
  const kinds = possibleKinds(spec, options, output);
  const fleets = new Set<BatteredFleet>();
  const interrupt = catchInterrupts(() => {
    for (const fleet of fleets) fleet.kill();
  });
  try {
    if (spec.mode === 'ring') output.note('First the same in one process, to compare with.');
    const reference = spec.mode === 'ring' ? await undisturbed(spec, options, interrupt) : null;
    interrupt.throwIfAborted();
    const fleet = await BatteredFleet.make(fleetOptions(spec, options, kinds, reference, output));
    fleets.add(fleet);
    try {
      const { failure } = fleet.local;
      await Promise.race([fleet.start(), failure, aborted(interrupt)]);
      interrupt.throwIfAborted();
      const runs = await Promise.race([batter({ fleet, spec, kinds, options, output, interrupt }, reference), failure]);
      output.report(runs, standardOf(spec));
      return runs.every(({ matches }) => matches) ? 0 : FAILURE;
    } finally {
      await fleet.stop();
    }
  } catch (error) {
    if (interrupt.aborted) return INTERRUPTED;
    throw error;
  }
}

async function batteredSpec(file: string, options: ChaosOptions): Promise<RunSpec> {
  const spec = await exactSpec(file, options);
  const { steps: _, ...training } = spec.training;
  const { everySteps, everySeconds } = spec.snapshots;
  const boards = boardsFor(options.boards, spec);
  return {
    ...spec,
    boards: spec.boards ?? Math.min(boards, mostBoards(spec)),
    training: options.epochs === undefined ? spec.training : { ...training, epochs: options.epochs },
    snapshots: everySteps === undefined && everySeconds === undefined ? USUAL_SNAPSHOTS : spec.snapshots,
  };
}

/** @throws RunError when none is left */
function possibleKinds({ mode }: RunSpec, options: ChaosOptions, output: ChaosOutput): Kind[] {
  const asked = kindsOf(mode, options.kinds, options.kill);
  const without = asked.some(({ fault }) => fault === 'full') ? SmallDisk.obstacle() : null;
  if (without !== null) output.note(`No disk is filled: ${without}`);
  const kinds = asked.filter(({ fault }) => without === null || fault !== 'full');
  if (kinds.length > 0) return kinds;
  throw new RunError('none of the faults can befall any of the members', {
    remedy: `Name more of them with --kinds and --kill; what there is in a ${mode} tells --help.`,
  });
}

function fleetOptions(
  spec: RunSpec,
  options: ChaosOptions,
  kinds: readonly Kind[],
  reference: RunOutcome | null,
  output: ChaosOutput,
): Parameters<typeof BatteredFleet.make>[0] {
  const isDiskNeeded = kinds.some(({ fault }) => fault === 'full');
  return {
    boards: boardsFor(options.boards, spec),
    dataFolders: [process.cwd(), ...dataFoldersOf(spec.data)],
    engine: spec.engine,
    blasArguments: blasArguments(options),
    env: withoutPassword(process.env),
    keep: options.keep,
    diskBytes: isDiskNeeded ? Math.max(LEAST_DISK_BYTES, DISK_MODELS * (reference?.model.length ?? 0)) : 0,
    onEnd: (member, how) => output.ended(member, how),
  };
}

async function undisturbed(spec: RunSpec, options: ChaosOptions, interrupt: AbortSignal): Promise<RunOutcome | null> {
  const runsFolder = await mkdtemp(join(tmpdir(), 'ringtmp-chaos-'));
  const view = { show: () => undefined, end: () => undefined, close: () => undefined };
  try {
    const status = await trainReference(spec, { ...options, runsFolder, view, interrupt });
    return status && (await outcomeOf(status));
  } finally {
    await rm(runsFolder, { recursive: true, force: true });
  }
}

interface Battering {
  readonly fleet: BatteredFleet;
  readonly spec: RunSpec;
  readonly kinds: readonly Kind[];
  readonly options: ChaosOptions;
  readonly output: ChaosOutput;
  readonly interrupt: AbortSignal;
}

/** Run after run, until there were enough faults. */
async function batter(battering: Battering, alone: RunOutcome | null): Promise<JudgedRun[]> {
  const { options, output, interrupt } = battering;
  if (alone === null) output.note('First the same run undisturbed, to compare with.');
  const reference = alone ?? (await outcomeOfRun(await oneRun(battering, options.seed, 0)));
  const runs: JudgedRun[] = [];
  for (let seed = options.seed, left = options.faults; left > 0; seed++) {
    const run = await oneRun(battering, seed, left);
    const judged = { ...run, seed, ...(await judgementOf(run, reference, battering.spec)) };
    runs.push(judged);
    output.run(judged);
    left -= run.faults.length;
    if (run.failure !== null) break; // what is wrong there would be wrong in the next one, too
    if (run.faults.length === 0) throw tooShort(run);
    if (left > 0) await sleep(BACK_MS, undefined, { signal: interrupt });
  }
  return runs;
}

function oneRun({ fleet, spec, kinds, options, output, interrupt }: Battering, seed: number, most: number) {
  return batteredRun({
    fleet,
    spec,
    everyMs: options.every,
    nextFault: (index) => (index < most ? faultAt(seed, index, kinds, spec.boards as number) : null),
    onFault: (fault) => output.fault(fault),
    signal: interrupt,
  });
}

/** @throws RunError when the undisturbed one did not finish */
async function outcomeOfRun({ run, folder, evaluation, failure }: BatteredRun): Promise<RunOutcome> {
  if (failure === null) return outcomeOf({ folder, evaluation });
  throw new RunError(`run ${run}, which nothing befell, did not finish: ${failure}`);
}

async function judgementOf(
  run: BatteredRun,
  reference: RunOutcome,
  spec: RunSpec,
): Promise<Pick<JudgedRun, 'matches'>> {
  if (run.failure !== null) return { matches: false };
  const { matches } = judge(standardOf(spec), reference, await outcomeOf(run));
  return { matches };
}

function tooShort({ run, seconds }: BatteredRun): RunError {
  return new RunError(`run ${run} was over after ${seconds.toFixed(1)} s, before a fault could befall it`, {
    remedy: 'Let faults come sooner (--every 1s), or the run last longer (--epochs 100).',
  });
}
