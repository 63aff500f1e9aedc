// What of this machine a stage may use: the engine that computes, its library, and the memory.

import { totalmem } from 'node:os';
import { type Command, Option } from 'commander';
import { ENGINES_BEST_FIRST } from '../compute/available-engines.js';
import type { BlasSettings } from '../compute/engines/blas-library.js';
import type { EngineName } from '../compute/kernels.js';
import { wholeNumber } from './options.js';

export type EngineChoice = EngineName | 'auto';

export const ENGINE_CHOICES: readonly EngineChoice[] = ['auto', ...ENGINES_BEST_FIRST];
export const USUAL_ENGINE: EngineChoice = 'auto';

const MIB = 2 ** 20;
export const MOST_THREADS = 256;
export const MOST_MEMORY_MIB = 1_048_576;

export function engineOption(description: string): Option {
  return new Option('--engine <name>', description).choices(ENGINE_CHOICES);
}

export interface BlasOptions {
  readonly blas?: string;
  readonly blasThreads?: number;
}

export function withBlas(command: Command): Command {
  const library = new Option(
    '--blas <path>',
    'the library of the engine blas (default: OpenBLAS or BLIS, if installed)',
  );
  const threads = new Option('--blas-threads <number>', 'threads of each of its products; 1 unless told');
  return command
    .addOption(library.env('RINGTMP_BLAS'))
    .addOption(threads.env('RINGTMP_BLAS_THREADS').argParser(wholeNumber(1, MOST_THREADS)));
}

/**
 * Tries a library that is named, in a thread that ends.
 * @throws RemoteError when it is no BLAS
 */
export async function blasSettings({ blas, blasThreads }: BlasOptions): Promise<BlasSettings> {
  const settings: BlasSettings = { library: blas, threads: blasThreads };
  if (blas !== undefined) {
    const { benchmarkEngine } = await import('../node/benchmark.js');
    await benchmarkEngine('blas', settings);
  }
  return settings;
}

/** For a process that this one starts. */
export function blasArguments({ blas, blasThreads }: BlasOptions): string[] {
  const library = blas === undefined ? [] : ['--blas', blas];
  return blasThreads === undefined ? library : [...library, '--blas-threads', String(blasThreads)];
}

export function memoryOption(): Option {
  const option = new Option('--memory <MiB>', "what a stage may take; half of the board's memory unless told");
  return option.argParser(wholeNumber(1, MOST_MEMORY_MIB)).env('RINGTMP_MEMORY');
}

/** A stage may take so much of a board's memory, unless its agent is told otherwise. */
export const STAGE_SHARE = 0.5;

/** @param ofBoard the memory of an emulated board */
export function memoryBytes(options: { readonly memory?: number | undefined }, ofBoard = totalmem()): number {
  return options.memory === undefined ? Math.floor(STAGE_SHARE * ofBoard) : options.memory * MIB;
}
