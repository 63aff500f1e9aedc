// What a star in a test computes with: samples as a function of their place in the run, and its weights as they stand.

import { floatsOf } from '../../compute/tensor.js';
import type { ParameterVectors } from '../../node/parameter-store.js';
import type { Worker } from '../../node/worker.js';
import { CLASSES } from './star-stages.js';

export interface Samples {
  /** `[count, width]` */
  readonly data: Float32Array;
  /** `[count]`, class indices */
  readonly targets: Float32Array;
}

/** The samples `first` to `first + count - 1` of a run: learnable, since the class shows in the first value. */
export function samplesFrom(first: number, count: number, width: number): Samples {
  const classOf = (sample: number) => (sample * 7) % CLASSES;
  const data = Float32Array.from({ length: count * width }, (_, at) => {
    const [sample, column] = [first + Math.floor(at / width), at % width];
    return Math.sin(1 + 3 * sample + 5 * column) / 2 + (column === 0 ? classOf(sample) : 0);
  });
  return { data, targets: Float32Array.from({ length: count }, (_, row) => classOf(first + row)) };
}

export function vectorsOf(worker: Worker): ParameterVectors {
  return worker.store.vectors() as ParameterVectors;
}

/** A copy of all weights, as one vector. */
export function weightsOf(worker: Worker): Float32Array {
  return floatsOf(vectorsOf(worker).weights).slice();
}

/** Equal ones are equal bit for bit. */
export function bytes({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
