// Compares two trained models tensor by tensor, bit for bit: two zeros of different sign differ, and so do two values
// that are no numbers.

import { decodeSafetensors, type StoredTensor } from '../../protocol/safetensors.js';

export interface TensorDifference {
  readonly name: string;
  readonly elements: number;
  /** How many elements are not the same bits. */
  readonly differing: number;
  /** The largest difference of two elements; infinite where one is no number. */
  readonly most: number;
}

export interface ModelDifference {
  readonly tensors: number;
  /** Tensors that only one of them has, or in another shape. */
  readonly unmatched: readonly string[];
  readonly differing: readonly TensorDifference[];
}

/** @throws FrameError when one of them is no safetensors file */
export function compareModels(one: Uint8Array, other: Uint8Array): ModelDifference {
  const ones = byName(one);
  const others = byName(other);
  const names = [...new Set([...ones.keys(), ...others.keys()])];
  const unmatched = names.filter((name) => !isAlike(ones.get(name), others.get(name)));
  const differing = names
    .filter((name) => !unmatched.includes(name))
    .map((name) => difference(ones.get(name) as StoredTensor, others.get(name) as StoredTensor))
    .filter((each) => each.differing > 0);
  return { tensors: names.length, unmatched, differing };
}

export function isIdentical({ unmatched, differing }: ModelDifference): boolean {
  return unmatched.length === 0 && differing.length === 0;
}

function byName(file: Uint8Array): Map<string, StoredTensor> {
  return new Map(decodeSafetensors(file).tensors.map((tensor) => [tensor.name, tensor]));
}

function isAlike(one: StoredTensor | undefined, other: StoredTensor | undefined): boolean {
  return one?.dtype === 'F32' && other?.dtype === 'F32' && one.shape.join() === other.shape.join();
}

function difference(one: StoredTensor, other: StoredTensor): TensorDifference {
  const [a, b] = [viewOf(one), viewOf(other)];
  const elements = one.bytes.length / Float32Array.BYTES_PER_ELEMENT;
  let differing = 0;
  let most = 0;
  for (let at = 0; at < one.bytes.length; at += Float32Array.BYTES_PER_ELEMENT) {
    if (a.getUint32(at) === b.getUint32(at)) continue;
    differing++;
    const distance = Math.abs(a.getFloat32(at, true) - b.getFloat32(at, true));
    most = Math.max(most, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
  }
  return { name: one.name, elements, differing, most };
}

function viewOf({ bytes }: StoredTensor): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
