// From builds to the one that is used: compiled, and tried on this processor.

import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../../errors.js';
import { enableRelaxedSimd } from './relaxed-simd.js';
import type { WasmBuild } from './wasm-builds.js';

export interface SoundModule {
  readonly build: WasmBuild;
  readonly module: WebAssembly.Module;
  /** Why the builds before it were not taken. */
  readonly rejected: readonly string[];
}

export interface NoSoundModule {
  readonly module: null;
  readonly rejected: readonly string[];
}

/**
 * The first of the builds that compiles and passes its test.
 * @param faultOf what is wrong with a compiled build, or null
 * @throws ConfigurationError when a file is missing
 */
export async function firstSound(
  builds: readonly WasmBuild[],
  faultOf: (module: WebAssembly.Module, build: WasmBuild) => string | null,
): Promise<SoundModule | NoSoundModule> {
  const rejected: string[] = [];
  for (const build of builds) {
    const module = await compiled(build);
    const fault = module === null ? 'this version of Node has no relaxed SIMD' : faultOf(module, build);
    if (module !== null && fault === null) return { build, module, rejected };
    rejected.push(`${build.file}: ${fault}`);
  }
  return { module: null, rejected };
}

/** Null where V8 does not know the instructions. */
async function compiled({ file, fused }: WasmBuild): Promise<WebAssembly.Module | null> {
  if (fused && !enableRelaxedSimd()) return null;
  const url = new URL(`./${file}`, import.meta.url);
  try {
    return await WebAssembly.compile(await readFile(url));
  } catch (cause) {
    throw new ConfigurationError(`the compute kernels cannot be loaded from ${url.pathname}`, {
      remedy: 'Run `npm run build`.',
      cause,
    });
  }
}
