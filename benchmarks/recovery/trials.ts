// Faults of one kind after the other on a fleet of processes whose members are started again, and how long the run took to go on.

import { BatteredFleet } from '../../cli/chaos/battered-fleet.js';
import { type BefallenFault, batteredRun } from '../../cli/chaos/battered-run.js';
import { faultAt, type Kind, kindsOf } from '../../cli/chaos/fault-plan.js';
import { TraceReader } from '../../cli/chaos/trace.js';
import type { EngineName } from '../../compute/kernels.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import type { BenchContext } from '../group.js';
import { BOARDS, jobOf, VARIANTS, type Variant } from './job.js';
import { type Resumption, resumptionOf } from './resumption.js';

export interface Trial {
  readonly variant: Variant;
  readonly kind: Kind;
}

export interface TrialOutcome extends Trial {
  readonly faults: readonly (Resumption & Pick<BefallenFault, 'repeated'>)[];
  /** Why it bore no more; null when it bore all. */
  readonly failure: string | null;
}

const [sync, async, star] = VARIANTS as readonly [Variant, Variant, Variant];
const of = (variant: Variant, fault: Kind['fault'], member: Kind['member']): Trial[] => {
  return kindsOf(variant.mode, [fault], [member]).map((kind) => ({ variant, kind }));
};
export const TRIALS: readonly Trial[] = [
  ...[sync, async, star].flatMap((variant) => of(variant, 'kill', 'agent')),
  ...[sync, async].flatMap((variant) => of(variant, 'lose', 'agent')),
  ...[sync, star].flatMap((variant) => of(variant, 'kill', 'master')),
  ...of(sync, 'kill', 'broker'),
];

/** Between a run's being complete again, with a cut since, and the next fault: some steps are to be done again. */
const [EVERY_MS, QUICK_EVERY_MS] = [5_000, 300];
/** Of boards that are taken back in with the next cut, and a cut after that: at the default interval it takes a while. */
const PATIENCE_MS = 300_000;
const QUICK_SNAPSHOTS: RunSpec['snapshots'] = { everySeconds: 1 };

/** Each trial is a run of its own. */
export async function holdTrials({ quick, engine, rounds, progress }: BenchContext): Promise<TrialOutcome[]> {
  progress(`recovery: starting a fleet of ${BOARDS} boards to be battered`);
  const fleet = await startFleet(engine);
  try {
    const outcomes: TrialOutcome[] = [];
    for (const [index, trial] of (quick ? TRIALS.slice(0, 1) : TRIALS).entries()) {
      const job = await jobOf(trial.variant, engine, quick ? QUICK_SNAPSHOTS : {});
      const everyMs = quick ? QUICK_EVERY_MS : EVERY_MS;
      const note = (done: number) => progress(`recovery: ${nameOf(trial)}, fault ${done + 1} of ${rounds}`);
      const trying = { job, everyMs, faults: rounds, seed: index + 1, note };
      // One that cannot be held is no reason to lose the others.
      const held = hold(fleet, trial, trying).catch((error: Error) => ({
        ...trial,
        faults: [],
        failure: error.message,
      }));
      outcomes.push(await Promise.race([held, fleet.local.failure]));
    }
    return outcomes;
  } finally {
    await fleet.stop();
  }
}

export function nameOf({ variant, kind: { fault, member } }: Trial): string {
  return `${variant.name}: ${fault} ${member}`;
}

async function startFleet(engine: EngineName | 'auto'): Promise<BatteredFleet> {
  const fleet = await BatteredFleet.make({
    boards: BOARDS,
    dataFolders: [],
    engine,
    env: process.env,
    diskBytes: 0,
    onEnd: () => undefined,
  });
  await fleet.start().catch(async (error) => {
    await fleet.stop();
    throw error;
  });
  return fleet;
}

interface Trying {
  readonly job: RunSpec;
  readonly everyMs: number;
  readonly faults: number;
  readonly seed: number;
  /** Told how many are overcome. */
  readonly note: (done: number) => void;
}

async function hold(fleet: BatteredFleet, trial: Trial, trying: Trying): Promise<TrialOutcome> {
  const { job, everyMs, faults: most, seed, note } = trying;
  let done = 0;
  note(done);
  const { folder, faults, failure } = await batteredRun({
    fleet,
    spec: job,
    everyMs,
    nextFault: (index) => (index < most ? faultAt(seed, index, [trial.kind], BOARDS) : null),
    onFault: () => ++done < most && note(done),
    isStoppedAfterwards: true,
    patienceMs: PATIENCE_MS,
    signal: new AbortController().signal,
  });
  const trace = await new TraceReader(folder).read();
  const untilMs = (index: number) => faults[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
  return {
    ...trial,
    faults: faults.map((fault, index) => ({
      ...resumptionOf(fault, trace, untilMs(index)),
      repeated: fault.repeated,
    })),
    failure,
  };
}
