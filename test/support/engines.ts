// All engines by name: what holds for one must hold for each.

import { plainEngine } from '../../compute/engines/plain.js';
import { wasmEngine } from '../../compute/engines/wasm.js';
import type { EngineFactory, EngineName } from '../../compute/kernels.js';

export const ENGINES: Readonly<Record<EngineName, EngineFactory>> = { plain: plainEngine, wasm: wasmEngine };

export const ENGINE_NAMES = Object.keys(ENGINES) as EngineName[];
