// Which engine a run computes with: one for all its positions, because another one rounds in another way.

import { ENGINES_BEST_FIRST } from '../compute/available-engines.js';
import type { EngineName } from '../compute/kernels.js';
import { ConfigurationError } from '../errors.js';
import type { PlanEntry } from '../protocol/assignment.js';
import type { RunSpec } from '../protocol/run-spec.js';

/** Whoever holds layers, and what it has told of its engines. */
export interface EngineHolder {
  readonly agent: string;
  /** GFLOP/s of those that it can run. */
  readonly engines: Readonly<Record<string, number>>;
  /** Why it cannot run the others. */
  readonly lacks: Readonly<Record<string, string>>;
}

/** @throws ConfigurationError when a board cannot run the engine that is asked for, naming the board and why */
export function resolveEngine(asked: RunSpec['engine'], holders: readonly EngineHolder[]): EngineName {
  if (asked !== 'auto') {
    const lacking = holders.find((holder) => !runs(holder, asked));
    if (lacking !== undefined) throw cannotRun(lacking, asked);
    return asked;
  }
  const found = ENGINES_BEST_FIRST.find((name) => holders.every((holder) => runs(holder, name)));
  if (found !== undefined) return found;
  const each = holders.map(({ agent, engines }) => `${agent} ${Object.keys(engines).join(', ')}`);
  throw new ConfigurationError(`no engine runs on all boards: ${each.join('; ')}`, {
    remedy: 'Start the agents without --engine, so that each tells all that it can run.',
  });
}

/** GFLOP/s of an engine that the holder can run. */
export function gflopsOf({ engines }: EngineHolder, engine: EngineName): number {
  return engines[engine] as number;
}

/** A master without layers computes the loss alone, and that is in WebAssembly with `blas` too. */
export function engineOfMaster({ firstLayer, endLayer }: PlanEntry, engine: EngineName): EngineName {
  return firstLayer === endLayer && engine === 'blas' ? 'wasm' : engine;
}

function runs({ engines }: EngineHolder, engine: EngineName): boolean {
  return engines[engine] !== undefined;
}

function cannotRun({ agent, lacks }: EngineHolder, engine: EngineName): ConfigurationError {
  const why = lacks[engine] ?? 'it does not know it';
  return new ConfigurationError(`board ${agent} cannot run the engine ${engine}: ${why}`, {
    remedy: 'Mend that board, or leave the engine to the master (engine: auto).',
  });
}
