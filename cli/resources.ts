// What of this machine a stage may use: the engine that computes, and the memory.

import { totalmem } from 'node:os';
import { Option } from 'commander';
import { wholeNumber } from './options.js';

const MIB = 2 ** 20;

export function engineOption(): Option {
  return new Option('--engine <name>', 'what computes').choices(['wasm', 'plain']).default('wasm');
}

export function memoryOption(): Option {
  const option = new Option('--memory <MiB>', 'what a stage may take; half of the memory unless told');
  return option.argParser(wholeNumber(1, 1_048_576)).env('RINGTMP_MEMORY');
}

export function memoryBytes(options: { readonly memory?: number | undefined }): number {
  return options.memory === undefined ? Math.floor(totalmem() / 2) : options.memory * MIB;
}
