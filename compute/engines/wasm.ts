// The engine in WebAssembly SIMD: one memory, made once, with scratch space at the bottom and the arena
// above it; every kernel works in place there. The module is compiled from ./assembly by the build.

import { readFile } from 'node:fs/promises';
import { CapacityError, ConfigurationError } from '../../errors.js';
import type { Engine, EngineFactory } from '../kernels.js';
import { Arena } from '../tensor.js';
import type { WasmExports } from './wasm-exports.js';
import { wasmKernels } from './wasm-kernels.js';

const PAGE_BYTES = 65536;
const MAX_PAGES = 65536;
const ALIGNMENT_FLOATS = 16;

/** @throws CapacityError when the board cannot give that much memory */
export const wasmEngine: EngineFactory = async (floats: number): Promise<Engine> => {
  const { exports, arena } = await openWasm(floats);
  return { name: 'wasm', about: 'WebAssembly SIMD', kernels: wasmKernels(exports), arena };
};

/** The compiled kernels on a memory of their own, for engines that compute some of them elsewhere. */
export async function openWasm(floats: number): Promise<{ exports: WasmExports; arena: Arena }> {
  const module = await compiledModule();
  const scratchFloats = scratchBytes(module) / 4;
  const memory = preallocate(4 * (scratchFloats + ALIGNMENT_FLOATS + floats));
  const exports = instantiate(module, memory);
  return { exports, arena: new Arena(new Float32Array(memory.buffer), scratchFloats) };
}

async function compiledModule(): Promise<WebAssembly.Module> {
  const url = new URL('./kernels.wasm', import.meta.url);
  try {
    return await WebAssembly.compile(await readFile(url));
  } catch (cause) {
    throw new ConfigurationError(`the compute kernels cannot be loaded from ${url.pathname}`, {
      remedy: 'Run `npm run build`.',
      cause,
    });
  }
}

/** The module itself knows how much scratch it needs: ask an instance on the smallest memory. */
function scratchBytes(module: WebAssembly.Module): number {
  return instantiate(module, new WebAssembly.Memory({ initial: 1, maximum: 1 })).scratchBytes();
}

/** Never grown, because growing would detach every tensor. */
function preallocate(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  const remedy = 'Use a smaller batch or window, or give the layers to more boards.';
  if (pages > MAX_PAGES) {
    throw new CapacityError(`the wasm engine would need ${bytes} bytes, but addresses at most 4 GiB`, { remedy });
  }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new CapacityError(`the system refused ${bytes} bytes of memory for tensors`, { remedy, cause });
  }
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): WasmExports {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as WasmExports;
}
