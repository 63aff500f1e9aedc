// The engines by name. A new one is a file in `engines/` that passes the shared test, and a line here.

import { plainEngine } from './engines/plain.js';
import { relaxedWasmEngine, wasmEngine } from './engines/wasm.js';
import type { EngineFactory, EngineName } from './kernels.js';

const ENGINES: Readonly<Record<EngineName, EngineFactory>> = {
  plain: plainEngine,
  wasm: wasmEngine,
  'wasm-relaxed': relaxedWasmEngine,
};

export function createEngine(name: EngineName): EngineFactory {
  return ENGINES[name];
}
