// The recovery part of a comparison: a contestant on a fleet of this machine whose processes are started again at once, first
// undisturbed and then with faults, by the machinery of `ringtmp chaos`.

import { machineText, thisMachine } from '../../benchmarks/machine.js';
import { hashOf } from '../../comparison/definition.js';
import type { PlannedRun } from '../../comparison/plan.js';
import type { RecoveryDefinition, RecoveryResult } from '../../comparison/recovery.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { batter, outcomeOfRun, undisturbedRun } from '../chaos/batter.js';
import { BatteredFleet } from '../chaos/battered-fleet.js';
import type { BatteredRun } from '../chaos/battered-run.js';
import { faultAt, kindsOf, MEMBERS } from '../chaos/fault-plan.js';
import type { JudgedRun } from '../chaos/report.js';
import { aborted } from '../interrupts.js';
import { dataFoldersOf } from '../run-file.js';
import { withoutPassword } from '../up/up.js';
import { standardOf } from '../verify/outcome.js';
import { version } from '../version.js';

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
/** The least cut is as recent as that, unless the run file says. */
const SNAPSHOTS = { everySeconds: 1 };
/** What a fault takes of a run, with what is awaited after it. */
const SECONDS_A_FAULT = 4;
/** In one run; more find their place in the next. */
const FAULTS_A_RUN = 4;
const MOST_STRETCH = 10_000;
/** A short run is mostly its beginning and its end: it tells little of a longer one. */
const MOST_GROWTH = 20;
const MARGIN = 1.2;

export function recoveryDefinition({ contestant, boards }: PlannedRun, faults: number): RecoveryDefinition {
  const { everySteps, everySeconds } = contestant.spec.snapshots;
  const snapshots = everySteps === undefined && everySeconds === undefined ? SNAPSHOTS : contestant.spec.snapshots;
  const spec: RunSpec = { ...contestant.spec, boards, snapshots };
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
  const signal = AbortSignal.any([interrupt]); // takes what listens to it along when it goes
  const { boards, contestant } = run;
  const fleet = await BatteredFleet.make({
    boards,
    dataFolders: [process.cwd(), ...dataFoldersOf(contestant.spec.data)],
    engine: options.engine,
    blasArguments: options.blasArguments,
    env: withoutPassword(process.env),
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
    await fleet.stop();
    options.onFleet(null);
  }
}

async function measure(fleet: BatteredFleet, run: PlannedRun, options: BatteringOptions, signal: AbortSignal) {
  const { faults, engine, command, onShare } = options;
  const startedAt = new Date();
  const definition = recoveryDefinition(run, faults);
  const { stretch, spec, undisturbed } = await longEnough(
    fleet,
    { ...(definition.spec as RunSpec), engine } as RunSpec,
    {
      seconds: SECONDS_A_FAULT * (1 + Math.min(faults, FAULTS_A_RUN)),
      signal,
    },
  );
  let overcome = 0;
  const share = () => onShare((1 + overcome) / (1 + faults));
  share();
  const runs = await batter(
    {
      ...{ fleet, spec, faults, signal, everyMs: EVERY_MS, seed: spec.seed },
      faultAt: ({ overall }) => faultAt(spec.seed, overall, kindsFor(spec), run.boards),
      onFault: () => {
        overcome++;
        share();
      },
      onRun: () => undefined,
    },
    await outcomeOfRun(undisturbed),
  );
  const { name, mode } = run.contestant;
  const result: RecoveryResult = {
    contestant: name,
    mode,
    boards: run.boards,
    standard: standardOf(spec),
    startedAt: startedAt.toISOString(),
    wallSeconds: (Date.now() - startedAt.getTime()) / 1000,
    machine: machineText(thisMachine()),
    command,
    stretch,
    undisturbed: plainly(undisturbed),
    runs: runs.map(told),
    hash: hashOf(definition),
    definition,
  };
  return result;
}

/** The training of the run file, so many times over that faults find their place in it; the last one was long enough. */
async function longEnough(
  fleet: BatteredFleet,
  spec: RunSpec,
  { seconds, signal }: { readonly seconds: number; readonly signal: AbortSignal },
) {
  for (let stretch = 1; ; ) {
    const stretched = { ...spec, training: stretchedTraining(spec, stretch) };
    const undisturbed = await undisturbedRun({ fleet, spec: stretched, signal });
    if (undisturbed.failure !== null || undisturbed.seconds >= seconds || stretch >= MOST_STRETCH) {
      return { stretch, spec: stretched, undisturbed };
    }
    stretch = Math.min(
      MOST_STRETCH,
      Math.ceil(stretch * Math.min(MOST_GROWTH, (MARGIN * seconds) / undisturbed.seconds)),
    );
  }
}
function stretchedTraining({ training }: RunSpec, stretch: number): RunSpec['training'] {
  const { steps, epochs = steps === undefined ? 1 : undefined } = training;
  return {
    ...training,
    ...(steps !== undefined && { steps: steps * stretch }),
    ...(epochs !== undefined && { epochs: epochs * stretch }),
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
