// The same run with cuts as they come by default and without any, in turns on one fleet that stays up.

import { TraceReader } from '../../cli/chaos/trace.js';
import { RunError } from '../../errors.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import type { BenchContext } from '../group.js';
import { type BenchFleet, startBenchFleet } from '../ring/bench-fleet.js';
import { BOARDS, jobOf, VARIANTS, type Variant } from './job.js';
import { type SteadyRun, steadyRun } from './steady-run.js';

/** Of each round, from the first step on. */
export interface Lengths {
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

/** The first cut comes after ten seconds, the next after 5 s at least, 19 s where one takes 50 ms. */
const FULL: Lengths = { warmUpMs: 5_000, measuredMs: 45_000 };
const QUICK: Lengths = { warmUpMs: 500, measuredMs: 2_500 };
const QUICK_VARIANTS = VARIANTS.slice(0, 1);

export interface CutRounds {
  readonly variant: Variant;
  /** A run of each round, in the same order. */
  readonly withCuts: readonly SteadyRun[];
  readonly without: readonly SteadyRun[];
}

export interface CutContest extends Lengths {
  readonly rounds: readonly CutRounds[];
}

/** As often as there are not as many steps. */
const NEVER: RunSpec['snapshots'] = { everySteps: 1_000_000_000 };
const BY_DEFAULT: RunSpec['snapshots'] = {};
/** Else there would be none in so short a time. */
const IN_A_HURRY: RunSpec['snapshots'] = { everySteps: 10 };

export async function holdCutContest(context: BenchContext): Promise<CutContest> {
  const { quick, engine, rounds, progress } = context;
  progress(`recovery: starting a fleet of ${BOARDS} boards`);
  const fleet = await startBenchFleet({ boards: BOARDS, engine, dataFolders: [] });
  try {
    const all = (quick ? QUICK_VARIANTS : VARIANTS).map((variant) => ({ variant, withCuts: [], without: [] }));
    for (let round = 0; round < rounds; round++) {
      for (const each of all) await holdRound(fleet, each, round, context);
    }
    return { ...lengthsOf(context), rounds: all };
  } finally {
    await fleet.close();
  }
}

type Growing = Pick<CutRounds, 'variant'> & { readonly withCuts: SteadyRun[]; readonly without: SteadyRun[] };

/** Who comes second has the warmer machine: each in its turn. */
async function holdRound(fleet: BenchFleet, growing: Growing, round: number, context: BenchContext): Promise<void> {
  const { variant, withCuts, without } = growing;
  const { quick, engine, rounds, progress } = context;
  const contestants = [
    { name: 'without cuts', runs: without, snapshots: NEVER },
    { name: 'with cuts', runs: withCuts, snapshots: quick ? IN_A_HURRY : BY_DEFAULT },
  ];
  for (const { name, runs, snapshots } of round % 2 === 0 ? contestants : contestants.toReversed()) {
    progress(`recovery, round ${round + 1} of ${rounds}: ${variant.name}, ${name}`);
    runs.push(await measure(fleet, await jobOf(variant, engine, snapshots), lengthsOf(context)));
  }
}

function lengthsOf({ quick }: BenchContext): Lengths {
  return quick ? QUICK : FULL;
}

async function measure(fleet: BenchFleet, job: RunSpec, { warmUpMs, measuredMs }: Lengths): Promise<SteadyRun> {
  const enough = new AbortController();
  let firstMs: number | null = null;
  const { folder } = await fleet.train(
    job,
    ({ time }) => {
      firstMs ??= time;
      if (time - firstMs >= warmUpMs + measuredMs) enough.abort();
    },
    enough.signal,
  );
  const steady = steadyRun(await new TraceReader(folder).read(), warmUpMs, job.training.batch);
  if (steady !== null) return steady;
  throw new RunError(`a run of the benchmark made hardly a step in ${(warmUpMs + measuredMs) / 1000} s`);
}
