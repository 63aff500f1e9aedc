// The engines by name. A new one is a file in `engines/` that passes the shared test, a line here, and its place in
// `available-engines.ts`.

import { blasEngine } from './engines/blas.js';
import type { BlasSettings } from './engines/blas-library.js';
import { plainEngine } from './engines/plain.js';
import { relaxedWasmEngine, wasmEngine } from './engines/wasm.js';
import type { EngineFactory, EngineName } from './kernels.js';

const ENGINES: Readonly<Record<EngineName, (blas: BlasSettings) => EngineFactory>> = {
  plain: () => plainEngine,
  wasm: () => wasmEngine,
  'wasm-relaxed': () => relaxedWasmEngine,
  blas: blasEngine,
};

/** @param blas which library the engine `blas` loads; the others need none */
export function createEngine(name: EngineName, blas: BlasSettings = {}): EngineFactory {
  return ENGINES[name](blas);
}
