// What both frameworks start from, as safetensors files: the initial weights, and the batches in their
// order. Their checksums stand beside the golden losses, so that a stale golden file says so.

import { createHash } from 'node:crypto';
import { plainEngine } from '../../compute/engines/plain.js';
import { buildWorker } from '../../node/build.js';
import { fileOfWeights } from '../../node/weights-file.js';
import { storedTensor } from '../../protocol/frame.js';
import { encodeSafetensors } from '../../protocol/safetensors.js';
import { type Batches, DIGITS_RUN, STEPS } from './digits-run.js';

/** `dense_1/kernel` `[784, 128]`, `dense_1/bias`, `dense_3/kernel` `[128, 10]`, `dense_3/bias`. */
export async function initialWeightsFile(): Promise<Uint8Array> {
  const { store } = await buildWorker(DIGITS_RUN, plainEngine);
  return fileOfWeights(store);
}

/** `samples` `[50, 32, 784]`; `labels` and `order` `[50, 32]`: whole numbers, as floats. */
export function batchesFile({ samples, labels, order }: Batches): Uint8Array {
  const shape = [STEPS, DIGITS_RUN.batch];
  return encodeSafetensors({
    metadata: {},
    tensors: [
      storedTensor('samples', { shape: [...shape, samples.length / labels.length], data: samples }),
      storedTensor('labels', { shape, data: labels }),
      storedTensor('order', { shape, data: Float32Array.from(order) }),
    ],
  });
}

export function sha256Of(file: Uint8Array): string {
  return createHash('sha256').update(file).digest('hex');
}
