// Which engine computes where nobody says which: the best that works. The order is by speed, as measured on every
// kind of board so far; `docs/benchmarks.md` has the figures.

import { RingTmpError } from '../errors.js';
import { createEngine } from './create-engine.js';
import type { BlasSettings } from './engines/blas-library.js';
import type { EngineName } from './kernels.js';

export const ENGINES_BEST_FIRST: readonly EngineName[] = ['blas', 'wasm-relaxed', 'wasm', 'plain'];

/** Enough to see an engine work. */
const SOME_FLOATS = 16;

/**
 * The best engine that works in this process.
 * @throws ConfigurationError when a library is named that is no BLAS
 */
export async function bestEngine(blas: BlasSettings): Promise<EngineName> {
  for (const name of ENGINES_BEST_FIRST.slice(0, -1)) {
    try {
      await createEngine(name, blas)(SOME_FLOATS);
      return name;
    } catch (error) {
      if (isAskedFor(name, blas)) throw error;
    }
  }
  return ENGINES_BEST_FIRST.at(-1) as EngineName;
}

/** Whoever names a library wants to know when it is none; that the usual ones are missing is no fault. */
export function isAskedFor(name: EngineName, { library }: BlasSettings): boolean {
  return name === 'blas' && library !== undefined;
}

/** Why an engine does not work, and what to do about it, in one line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof RingTmpError)) return String(error);
  return error.remedy === undefined ? error.message : `${error.message} (${error.remedy})`;
}
