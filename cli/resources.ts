// What of this machine a stage may use: the engine that computes, and the memory.

import { totalmem } from 'node:os';
import { Option } from 'commander';
import type { EngineName } from '../compute/kernels.js';
import { wholeNumber } from './options.js';

export const ENGINES: readonly EngineName[] = ['wasm', 'wasm-relaxed', 'plain'];
export const USUAL_ENGINE: EngineName = 'wasm';

const MIB = 2 ** 20;

/** An agent measures with it; a run computes with the engine of its run file. */
export function engineOption(): Option {
  const option = new Option('--engine <name>', 'which engine to measure; a run computes with that of its run file');
  return option.choices(ENGINES).default(USUAL_ENGINE);
}

export function memoryOption(): Option {
  const option = new Option('--memory <MiB>', 'what a stage may take; half of the memory unless told');
  return option.argParser(wholeNumber(1, 1_048_576)).env('RINGTMP_MEMORY');
}

export function memoryBytes(options: { readonly memory?: number | undefined }): number {
  return options.memory === undefined ? Math.floor(totalmem() / 2) : options.memory * MIB;
}
