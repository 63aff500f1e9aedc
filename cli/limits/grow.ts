// One cell of the table: the stack grows on so many boards in one mode, and every attempt is kept.

import type { LimitAttempt, LimitResult } from '../../comparison/limits.js';
import type { Mode } from '../../protocol/run-spec.js';
import type { EngineChoice } from '../resources.js';
import { attempt, type Outcome } from './attempt.js';
import type { FleetSettings } from './held-fleet.js';
import type { MemoryLimit } from './memory-limit.js';
import { findLargest, type Search } from './search.js';
import { mostLayers, parametersIn, stackSpec } from './stack.js';

export interface Cell {
  readonly mode: Mode;
  readonly boards: number;
}

export interface Growth {
  readonly width: number;
  readonly resolution: number;
  readonly engine: EngineChoice;
  readonly limit: MemoryLimit;
  readonly settings: FleetSettings;
  readonly onAttempt: (cell: Cell, attempt: LimitAttempt) => void;
}

const FLOAT_BYTES = 4;
/** Of a board's memory: what the first stack takes on each board that shares it. */
const FIRST_SHARE = 0.2;

/** @returns null when it was interrupted */
export async function grow(cell: Cell, growth: Growth): Promise<LimitResult | null> {
  const { settings, resolution } = growth;
  const attempts: LimitAttempt[] = [];
  await findLargest(searchFor(cell, resolution), async (layers) => {
    const made = settings.interrupt.aborted ? null : await attemptWith(layers, cell, growth);
    if (made === null) return false;
    attempts.push(made);
    growth.onAttempt(cell, made);
    return made.outcome === 'trained';
  });
  return settings.interrupt.aborted ? null : resultOf(cell, attempts);
}

/** A ring has a layer for each board at least, and begins with some for each. */
function searchFor({ mode, boards }: Cell, resolution: number): Search {
  const sharing = mode === 'ring' ? boards : 1;
  const first = sharing * Math.max(1, Math.floor(FIRST_SHARE / resolution));
  return { least: sharing, most: mostLayers(sharing, resolution), first, resolution };
}

async function attemptWith(layers: number, cell: Cell, growth: Growth): Promise<LimitAttempt | null> {
  const { width, engine, limit, settings } = growth;
  const spec = stackSpec({ ...cell, layers, width, engine });
  const startMs = performance.now();
  const outcome: Outcome | null = await attempt(spec, limit, settings);
  const seconds = Math.round(performance.now() - startMs) / 1000;
  return outcome && { layers, parameters: parametersIn(spec), ...outcome, seconds };
}

function resultOf({ mode, boards }: Cell, attempts: readonly LimitAttempt[]): LimitResult {
  const trained = attempts.filter(({ outcome }) => outcome === 'trained');
  const parameters = Math.max(0, ...trained.map((each) => each.parameters));
  const layers = Math.max(0, ...trained.map((each) => each.layers));
  return {
    contestant: mode,
    mode,
    boards,
    parameters,
    layers,
    weightBytes: FLOAT_BYTES * parameters,
    attempts: [...attempts],
  };
}
