// The engines in WebAssembly SIMD: one memory, made once, with scratch space at the bottom and the arena
// above it; every kernel works in place there. The module is compiled from ./assembly by the build.

import { CapacityError, ConfigurationError } from '../../errors.js';
import type { EngineFactory } from '../kernels.js';
import { Arena } from '../tensor.js';
import { productFault, SELF_TEST_FLOATS } from './self-test.js';
import { type WasmBuild, type WasmEngineName, wasmBuilds } from './wasm-builds.js';
import type { WasmExports } from './wasm-exports.js';
import { wasmKernels } from './wasm-kernels.js';
import { firstSound, type SoundModule } from './wasm-module.js';

const PAGE_BYTES = 65536;
const MAX_PAGES = 65536;
const ALIGNMENT_FLOATS = 16;

/** The engines of this processor. */
export const wasmEngine = wasmEngineFor('wasm', process.arch);
export const relaxedWasmEngine = wasmEngineFor('wasm-relaxed', process.arch);

/** Is told of a build that failed its test, where another took its place. */
export type Tell = (reason: string) => void;

function warn(reason: string): void {
  process.emitWarning(reason);
}

/**
 * The engine as a processor has it.
 * @param arch as in `process.arch`
 */
export function wasmEngineFor(name: WasmEngineName, arch: string, tell: Tell = warn): EngineFactory {
  return async (floats) => {
    const { exports, arena, about } = await openWasm(floats, name, arch, tell);
    return { name, about, kernels: wasmKernels(exports), arena };
  };
}

export interface OpenedWasm {
  readonly exports: WasmExports;
  readonly arena: Arena;
  /** Which build it is. */
  readonly about: string;
}

/**
 * The compiled and tested kernels on a memory of their own.
 * @throws ConfigurationError when the engine does not work here, or was not built; CapacityError when the board
 * cannot give that much memory
 */
export async function openWasm(
  floats: number,
  name: WasmEngineName = 'wasm',
  arch: string = process.arch,
  tell: Tell = warn,
): Promise<OpenedWasm> {
  const { module, build, rejected } = await soundModule(name, arch);
  rejected.forEach(tell);
  return { ...openOn(module, floats), about: `WebAssembly SIMD (${build.file})` };
}

export interface Availability {
  readonly available: boolean;
  readonly reason: string;
}

/** Whether `wasm-relaxed` works here: compiles and tests it, in some milliseconds. Never rejects. */
export async function probeRelaxedSimd(arch: string): Promise<Availability> {
  try {
    const { build } = await soundModule('wasm-relaxed', arch);
    return { available: true, reason: `${build.file} passes its test` };
  } catch (error) {
    return { available: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function soundModule(name: WasmEngineName, arch: string): Promise<SoundModule> {
  const found = await firstSound(wasmBuilds(name, arch), faultOf);
  if (found.module !== null) return found;
  const why = found.rejected.join('; ') || 'V8 is wrong about relaxed SIMD on this processor';
  const remedy = `Compute with the engine ${name === 'wasm' ? 'plain' : 'wasm'}.`;
  throw new ConfigurationError(`the engine ${name} does not work on this board: ${why}`, { remedy });
}

function faultOf(module: WebAssembly.Module, { fused }: WasmBuild): string | null {
  const { exports, arena } = openOn(module, SELF_TEST_FLOATS);
  return productFault({ kernels: wasmKernels(exports), arena }, fused);
}

function openOn(module: WebAssembly.Module, floats: number): Omit<OpenedWasm, 'about'> {
  const scratchFloats = scratchBytes(module) / 4;
  const memory = preallocate(4 * (scratchFloats + ALIGNMENT_FLOATS + floats));
  const exports = instantiate(module, memory);
  return { exports, arena: new Arena(new Float32Array(memory.buffer), scratchFloats) };
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
    throw new CapacityError(`a wasm engine would need ${bytes} bytes, but addresses at most 4 GiB`, { remedy });
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
