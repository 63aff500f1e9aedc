// All engines by name: what holds for one must hold for each that works on this machine.

import { createEngine } from '../../compute/create-engine.js';
import { loadBlas } from '../../compute/engines/blas-library.js';
import { probeRelaxedSimd } from '../../compute/engines/wasm.js';
import type { EngineFactory, EngineName } from '../../compute/kernels.js';
import { isThere, type Requirement } from './requirements.js';

export const BLAS: Requirement = {
  isThere: await loadBlas({}).then(
    () => true,
    () => false,
  ),
  remedy: 'sudo apt install libopenblas0, and the package koffi',
};

export const ENGINES: Readonly<Record<EngineName, EngineFactory>> = {
  plain: createEngine('plain'),
  wasm: createEngine('wasm'),
  'wasm-relaxed': createEngine('wasm-relaxed'),
  blas: createEngine('blas'),
};

const relaxed = await probeRelaxedSimd(process.arch);
const WORKS: Partial<Record<EngineName, () => boolean>> = {
  blas: () => isThere(BLAS),
  'wasm-relaxed': () => relaxed.available,
};

/** Those that work here: the BLAS may be missing, and that is then said. */
export const ENGINE_NAMES = (Object.keys(ENGINES) as EngineName[]).filter((name) => WORKS[name]?.() ?? true);
