// Carries out a plan, run by run: what is there already is kept, what cannot be is said, and a run that fails is a
// result, too, until the next call tries it again.

import type { Definition } from '../../comparison/definition.js';
import { hashOf } from '../../comparison/definition.js';
import { nameOf, type PlannedRun } from '../../comparison/plan.js';
import type { Origin, RunFigures, RunForecast, RunResult } from '../../comparison/result.js';
import type { ResultStore } from './result-store.js';

/** What came of one run. */
export interface Attempt {
  readonly figures: RunFigures | null;
  /** Why it failed; null when it finished. */
  readonly failure: string | null;
  /** Files to keep as they are, by the ending of their names. */
  readonly raw: ReadonlyMap<string, string>;
}

/** @returns null when it was interrupted */
export type Runner = (run: PlannedRun, signal: AbortSignal) => Promise<Attempt | null>;

export interface ContestOptions {
  readonly plan: readonly PlannedRun[];
  readonly definitionOf: (run: PlannedRun) => Definition;
  /** What to expect of it; null where nobody knows. */
  readonly forecastOf: (run: PlannedRun) => RunForecast | null;
  readonly origin: Origin;
  readonly store: Pick<ResultStore<RunResult>, 'fitting' | 'save'>;
  readonly runner: Runner;
  readonly signal: AbortSignal;
  readonly onStart: (run: PlannedRun) => void;
  /** @param kept from before */
  readonly onResult: (run: PlannedRun, result: RunResult, kept: boolean) => void;
}

/** @returns all results in the order of the plan; null when it was interrupted */
export async function carryOut(options: ContestOptions): Promise<RunResult[] | null> {
  const { plan, definitionOf, store, signal } = options;
  // All of them before the first run: better now than after an hour.
  const kept: (RunResult | null)[] = [];
  for (const run of plan) kept.push(worthKeeping(await store.fitting(nameOf(run), definitionOf(run))));
  const results: RunResult[] = [];
  for (const [index, run] of plan.entries()) {
    if (signal.aborted) return null;
    const before = kept[index] ?? null;
    const result = before ?? (await carryOutOne(run, options));
    if (result === null) return null;
    results.push(result);
    options.onResult(run, result, before !== null);
  }
  return results;
}

/** What made a run fail may be mended since. */
function worthKeeping(result: RunResult | null): RunResult | null {
  return result?.outcome === 'failed' ? null : result;
}

async function carryOutOne(run: PlannedRun, options: ContestOptions): Promise<RunResult | null> {
  const { definitionOf, forecastOf, origin, store, runner, signal, onStart } = options;
  const startedAt = new Date();
  onStart(run);
  const impossible = run.notPossible !== null;
  const attempt = impossible ? NOTHING : await runner(run, signal);
  if (attempt === null) return null;
  const definition = definitionOf(run);
  const { name, title, mode } = run.contestant;
  const result: RunResult = {
    contestant: name,
    title,
    mode,
    boards: run.boards,
    round: run.round,
    outcome: impossible ? 'not possible' : attempt.failure === null ? 'finished' : 'failed',
    reason: run.notPossible ?? attempt.failure,
    startedAt: startedAt.toISOString(),
    wallSeconds: (Date.now() - startedAt.getTime()) / 1000,
    figures: attempt.figures,
    forecast: impossible ? null : forecastOf(run),
    origin,
    hash: hashOf(definition),
    definition,
  };
  await store.save(nameOf(run), result, attempt.raw);
  return result;
}

const NOTHING: Attempt = { figures: null, failure: null, raw: new Map() };
