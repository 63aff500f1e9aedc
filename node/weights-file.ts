// A stage's weights as a safetensors file.

import { floatsOf } from '../compute/tensor.js';
import { storedTensor } from '../protocol/frame.js';
import { encodeSafetensors } from '../protocol/safetensors.js';
import type { ParameterStore } from './parameter-store.js';

export function fileOfWeights(store: ParameterStore): Uint8Array {
  const tensors = store.namedWeights().map(({ name, tensor }) => {
    return storedTensor(name, { shape: tensor.shape, data: floatsOf(tensor) });
  });
  return encodeSafetensors({ metadata: {}, tensors });
}
