// The trained model as one safetensors file: the stages' files joined. Nothing in it depends on the split,
// the fleet or the clock, so that two runs that agree have files that `cmp` finds equal.

import { decodeSafetensors, encodeSafetensors } from '../protocol/safetensors.js';
import type { RunRecord } from './run-record.js';

/** @param files of the stages, from the first layers to the last */
export function modelFile({ spec, progress }: RunRecord, files: readonly Uint8Array[]): Uint8Array {
  const metadata = { name: spec.name, seed: `${spec.seed}`, step: `${progress.step}` };
  return encodeSafetensors({ metadata, tensors: files.flatMap((file) => decodeSafetensors(file).tensors) });
}
