// What a stage goes on from after a cut, as a safetensors file: weights, those of the version before where two are
// held, the optimizer's state. A stage of another plan takes what it needs of several.

import { floatsOf } from '../compute/tensor.js';
import { DataError } from '../errors.js';
import { storedTensor } from '../protocol/frame.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../protocol/safetensors.js';
import type { NamedTensor, ParameterStore } from './parameter-store.js';

/** @param version that the store holds: where others than the store count, they tell it */
export function snapshotOf(store: ParameterStore, version = store.version): Uint8Array {
  const tensors = store.state().map(({ name, tensor }) => {
    return storedTensor(name, { shape: tensor.shape, data: floatsOf(tensor) });
  });
  return encodeSafetensors({ metadata: { version: `${version}` }, tensors });
}

/**
 * @param files of that version, which together have all that the stage's layers need; others are left alone
 * @throws DataError naming the tensor that is not there, or is another
 */
export function restoreSnapshot(store: ParameterStore, version: number, files: readonly Uint8Array[]): void {
  const stored = new Map<string, StoredTensor>();
  for (const file of files) {
    const { metadata, tensors } = decodeSafetensors(file);
    if (metadata.version !== `${version}`)
      throw unfit(`a snapshot holds version ${metadata.version}, ${version} is asked for`);
    for (const tensor of tensors) stored.set(tensor.name, tensor);
  }
  store.restore(version, (tensor) => valuesFor(tensor, stored.get(tensor.name)));
}

function valuesFor({ name, tensor }: NamedTensor, found: StoredTensor | undefined): Float32Array {
  if (found === undefined) throw unfit(`no snapshot holds ${name}`);
  if (found.dtype !== 'F32' || found.shape.join() !== tensor.shape.join()) {
    throw unfit(`${name} is ${found.dtype} [${found.shape}] in the snapshot, F32 [${tensor.shape}] in the model`);
  }
  return new Float32Array(Uint8Array.from(found.bytes).buffer);
}

function unfit(message: string): DataError {
  return new DataError(message, { remedy: 'Start the run again: its snapshots are of another model.' });
}
