// After its runs a comparison lets faults befall a ring and a star: what is there already is kept, and what cannot be measured is
// said in the report, which all the other results are for.

import type { PlannedRun } from '../../comparison/plan.js';
import {
  type Recovery,
  type RecoveryDefinition,
  type RecoveryPair,
  type RecoveryResult,
  recoveryName,
} from '../../comparison/recovery.js';
import type { ResultStore } from './result-store.js';

export interface StageOptions {
  /** A sentence where there is nothing to measure. */
  readonly pair: RecoveryPair | string;
  readonly definitionOf: (run: PlannedRun) => RecoveryDefinition;
  readonly store: Pick<ResultStore<RecoveryResult>, 'fitting' | 'save' | 'open'>;
  /** Null when it was interrupted. */
  readonly batter: (run: PlannedRun, signal: AbortSignal) => Promise<RecoveryResult | null>;
  readonly signal: AbortSignal;
  readonly onStart: (run: PlannedRun) => void;
  /** @param kept from before */
  readonly onResult: (result: RecoveryResult, kept: boolean) => void;
  readonly onFailure: (run: PlannedRun, reason: string) => void;
}

export const LEFT_OUT = 'No fault befell a run here: it was asked for with --faults 0.';

/** @throws ConfigurationError when what is there is of another comparison */
export async function keptRecovery({
  pair,
  definitionOf,
  store,
}: Pick<StageOptions, 'pair' | 'definitionOf' | 'store'>) {
  const kept: (RecoveryResult | null)[] = [];
  // One after the other: of two that do not fit it is always the first that is told.
  for (const run of runsOf(pair)) kept.push(await store.fitting(recoveryName(run), definitionOf(run)));
  return kept;
}

/** @returns null when it was interrupted */
export async function recoveryStage(options: StageOptions): Promise<Recovery | null> {
  const { pair, store, signal, onStart, onResult, onFailure } = options;
  const kept = await keptRecovery(options);
  const results: RecoveryResult[] = [];
  for (const [index, run] of runsOf(pair).entries()) {
    if (signal.aborted) return null;
    const before = kept[index] ?? null;
    if (before === null) onStart(run);
    const result = before ?? (await tried(options, run));
    if (result === null) return null;
    if (typeof result === 'string') {
      onFailure(run, result);
      return { results, obstacle: `What faults do to ${run.contestant.name} could not be measured: ${result}` };
    }
    if (before === null) {
      await store.open();
      await store.save(recoveryName(run), result, new Map());
    }
    results.push(result);
    onResult(result, before !== null);
  }
  return { results, obstacle: typeof pair === 'string' ? pair : null };
}

/** @returns why not, as a text: the next call tries again */
async function tried({ batter, signal }: StageOptions, run: PlannedRun): Promise<RecoveryResult | string | null> {
  try {
    return await batter(run, signal);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** In the order in which they are tried. */
export function runsOf(pair: RecoveryPair | string): PlannedRun[] {
  return typeof pair === 'string' ? [] : [pair.ring, pair.star];
}
