// `ringtmp chaos`: batters a fleet while it trains, and shows that nothing was lost. Whatever happens, nothing is left of it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunError } from '../../errors.js';
import { mostBoards } from '../../master/planner.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { aborted, catchInterrupts } from '../interrupts.js';
import { FAILURE, INTERRUPTED } from '../report-failure.js';
import { type BlasOptions, blasArguments, type EngineChoice } from '../resources.js';
import { dataFoldersOf } from '../run-file.js';
import { boardsFor } from '../up/up.js';
import { outcomeOf, type RunOutcome, standardOf } from '../verify/outcome.js';
import { trainReference } from '../verify/reference.js';
import { exactSpec } from '../verify/verify.js';
import { batter, endedEarly, type FaultPlace, outcomeOfRun, snapshotsOf, tooShort, undisturbedRun } from './batter.js';
import { BatteredFleet } from './battered-fleet.js';
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
  readonly variant?: string;
  readonly keep?: string;
  readonly json?: boolean;
}

/** Of an agent's disk: so many times the model, for three cuts of two stages each, with the optimizer's state. */
const DISK_MODELS = 40;
const LEAST_DISK_BYTES = 2 ** 25;

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
      const runs = await Promise.race([
        battered({ fleet, spec, kinds, options, output, interrupt }, reference),
        failure,
      ]);
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
  const boards = boardsFor(options.boards, spec);
  return {
    ...spec,
    boards: spec.boards ?? Math.min(boards, mostBoards(spec)),
    training: options.epochs === undefined ? spec.training : { ...training, epochs: options.epochs },
    snapshots: snapshotsOf(spec),
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
    env: process.env,
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

interface Session {
  readonly fleet: BatteredFleet;
  readonly spec: RunSpec;
  readonly kinds: readonly Kind[];
  readonly options: ChaosOptions;
  readonly output: ChaosOutput;
  readonly interrupt: AbortSignal;
}

/** @param alone what one process came to; null where the fleet itself is the standard */
async function battered(session: Session, alone: RunOutcome | null): Promise<JudgedRun[]> {
  const { fleet, spec, kinds, options, output, interrupt: signal } = session;
  if (alone === null) output.note('First the same run undisturbed, to compare with.');
  const reference = alone ?? (await outcomeOfRun(await undisturbedRun({ fleet, spec, signal })));
  const { seed, faults, every: everyMs } = options;
  const faultOf = ({ seed, index }: FaultPlace) => faultAt(seed, index, kinds, spec.boards as number);
  const { fault: onFault, run: onRun } = output;
  const battering = { fleet, spec, seed, faults, faultAt: faultOf, everyMs, onFault, onRun, signal };
  const runs = await batter(battering, reference);
  const early = endedEarly(runs);
  if (early !== null) throw tooShort(early);
  return runs;
}
