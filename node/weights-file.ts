// A stage's weights as a safetensors file, and the files of all stages as that of the model.

import { floatsOf } from '../compute/tensor.js';
import { storedTensor } from '../protocol/frame.js';
import { decodeSafetensors, encodeSafetensors, type Metadata } from '../protocol/safetensors.js';
import type { ParameterStore } from './parameter-store.js';

export function fileOfWeights(store: ParameterStore): Uint8Array {
  const tensors = store.namedWeights().map(({ name, tensor }) => {
    return storedTensor(name, { shape: tensor.shape, data: floatsOf(tensor) });
  });
  return encodeSafetensors({ metadata: {}, tensors });
}

/** @param files of the stages, from the first layers to the last */
export function joinWeightFiles(files: readonly Uint8Array[], metadata: Metadata): Uint8Array {
  return encodeSafetensors({ metadata, tensors: files.flatMap((file) => decodeSafetensors(file).tensors) });
}
