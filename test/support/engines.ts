// All engines by name: what holds for one must hold for each that works on this machine.

import { plainEngine } from '../../compute/engines/plain.js';
import { probeRelaxedSimd, relaxedWasmEngine, wasmEngine } from '../../compute/engines/wasm.js';
import type { EngineFactory, EngineName } from '../../compute/kernels.js';

export const ENGINES: Readonly<Record<EngineName, EngineFactory>> = {
  plain: plainEngine,
  wasm: wasmEngine,
  'wasm-relaxed': relaxedWasmEngine,
};

const relaxed = await probeRelaxedSimd(process.arch);

export const ENGINE_NAMES = (Object.keys(ENGINES) as EngineName[]).filter(
  (name) => name !== 'wasm-relaxed' || relaxed.available,
);
