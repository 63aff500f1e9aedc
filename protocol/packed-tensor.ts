// A tensor packed for the wire, with head room in front for the frame's header: what leaves the engine's
// memory is copied, or converted, once, and that very buffer is transferred, completed and published.

import { FrameError } from '../errors.js';
import { decodeBf16, encodeBf16 } from './bf16.js';
import { decodeF16, encodeF16 } from './f16.js';
import { decodeInt8, encodeInt8, int8Scales } from './int8-blocks.js';
import { DTYPE_BYTES, type StoredTensor, type TensorEntry } from './safetensors.js';
import { STORED_DTYPE, type WireDtype } from './wire-dtypes.js';

/** More than the header of a frame ever takes; what it does not take is not sent. */
export const HEAD_ROOM_BYTES = 1024;
export const TENSOR_NAME = 'data';
const SCALE_NAME = 'scale';
const INDEX_NAME = 'index';

/** `HEAD_ROOM_BYTES` of head room, then the data. */
export type PackedTensor = ArrayBuffer;

export interface Packing {
  readonly packed: PackedTensor;
  /** The first finite value that the dtype cannot hold, if any. */
  readonly lost: number | null;
}

/**
 * @param values any 32-bit floats, such as a view of the engine's memory
 * @param index the places of a sparse tensor's values, `[values.length]`
 */
export function packTensor(values: Float32Array, dtype: WireDtype, index?: Uint16Array): Packing {
  const entries = entriesOf([values.length], dtype, index !== undefined);
  const packed = uncleared(entries.reduce((sum, entry) => sum + bytesOf(entry), HEAD_ROOM_BYTES));
  if (index) new Uint16Array(packed, startOf(INDEX_NAME, entries), index.length).set(index);
  const lost = encodeInto(packed, values, dtype, entries);
  return { packed, lost: lost < 0 ? null : (values[lost] as number) };
}

function encodeInto(
  packed: PackedTensor,
  values: Float32Array,
  dtype: WireDtype,
  entries: readonly TensorEntry[],
): number {
  const { length } = values;
  const start = startOf(TENSOR_NAME, entries);
  if (dtype === 'f16') return encodeF16(values, new Uint16Array(packed, start, length));
  if (dtype === 'bf16') return encodeBf16(values, new Uint16Array(packed, start, length));
  if (dtype === 'f32') new Float32Array(packed, start, length).set(values);
  else {
    const scales = new Float32Array(packed, startOf(SCALE_NAME, entries), int8Scales(length));
    encodeInt8(values, new Int8Array(packed, start, length), scales);
  }
  return -1;
}

/**
 * How a packed tensor's data are laid out: those with the widest elements first, so that all are aligned.
 * @param isSparse whether it has an index, as long as its values
 */
export function entriesOf(shape: readonly number[], dtype: WireDtype, isSparse = false): TensorEntry[] {
  const entries: TensorEntry[] = [{ name: TENSOR_NAME, dtype: STORED_DTYPE[dtype], shape }];
  if (isSparse) entries.push({ name: INDEX_NAME, dtype: 'U16', shape });
  if (dtype === 'int8') entries.push({ name: SCALE_NAME, dtype: 'F32', shape: [int8Scales(sizeOf(shape))] });
  return entries.sort((a, b) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype]);
}

export function bytesOf({ dtype, shape }: TensorEntry): number {
  return DTYPE_BYTES[dtype] * sizeOf(shape);
}

/** Where an entry's data begin in a packed tensor. */
function startOf(name: string, entries: readonly TensorEntry[]): number {
  const before = entries.slice(
    0,
    entries.findIndex((entry) => entry.name === name),
  );
  return before.reduce((sum, entry) => sum + bytesOf(entry), HEAD_ROOM_BYTES);
}

/** The values of a packed tensor as its receiver will read them: what rounding made of them. */
export function valuesIn(
  packed: PackedTensor,
  shape: readonly number[],
  dtype: WireDtype,
  isSparse = false,
): Float32Array {
  const entries = entriesOf(shape, dtype, isSparse);
  const stored = entries.map((entry) => {
    return { ...entry, bytes: new Uint8Array(packed, startOf(entry.name, entries), bytesOf(entry)) };
  });
  const { data, scale } = namedTensors(stored);
  return floatsOf(data, scale, dtype);
}

export interface UnpackedTensor {
  readonly shape: readonly number[];
  readonly dtype: WireDtype;
  /** Owned and aligned: received payloads are often neither. */
  readonly data: Float32Array;
  /** Owned and aligned too; null where the tensor is not sparse. */
  readonly index: Uint16Array | null;
}

/** @throws FrameError when these are not the tensors of a frame */
export function unpackTensors(tensors: readonly StoredTensor[]): UnpackedTensor | null {
  if (tensors.length === 0) return null;
  const { data, scale, index } = namedTensors(tensors);
  const dtype = dtypeOf(data);
  checkScale(dtype, data, scale);
  return { shape: data.shape, dtype, data: floatsOf(data, scale, dtype), index: index ? placesOf(index, data) : null };
}

type NamedTensors = { data: StoredTensor; scale: StoredTensor | undefined; index: StoredTensor | undefined };

function namedTensors(tensors: readonly StoredTensor[]): NamedTensors {
  const names = [TENSOR_NAME, SCALE_NAME, INDEX_NAME];
  const other = tensors.find(({ name }) => !names.includes(name));
  if (other) throw new FrameError('name', `${TENSOR_NAME}, ${SCALE_NAME} or ${INDEX_NAME} expected, got ${other.name}`);
  const [data, scale, index] = names.map((name) => tensors.find((tensor) => tensor.name === name));
  if (!data) throw new FrameError(TENSOR_NAME, 'missing');
  return { data, scale, index };
}

function dtypeOf({ dtype }: StoredTensor): WireDtype {
  const found = Object.entries(STORED_DTYPE).find(([, stored]) => stored === dtype);
  if (found) return found[0] as WireDtype;
  throw new FrameError(`${TENSOR_NAME}.dtype`, `${dtype} is none of ${Object.values(STORED_DTYPE).join(', ')}`);
}

function checkScale(dtype: WireDtype, { shape }: StoredTensor, scale: StoredTensor | undefined): void {
  const wanted = dtype === 'int8' ? [int8Scales(sizeOf(shape))] : undefined;
  if (scale === undefined && wanted === undefined) return;
  if (scale?.dtype === 'F32' && scale.shape.join() === wanted?.join()) return;
  const found = scale ? `${scale.dtype} [${scale.shape.join(', ')}]` : 'none';
  throw new FrameError(SCALE_NAME, `${wanted ? `F32 [${wanted.join()}]` : 'none'} expected, got ${found}`);
}

/** A copy of the index, once it is known to be one. */
function placesOf({ dtype, shape, bytes }: StoredTensor, data: StoredTensor): Uint16Array {
  if (dtype !== 'U16') throw new FrameError(`${INDEX_NAME}.dtype`, `U16 expected, got ${dtype}`);
  if (data.shape.length !== 1)
    throw new FrameError(`${TENSOR_NAME}.shape`, `one extent beside an index expected, got [${data.shape.join(', ')}]`);
  if (shape.join() !== data.shape.join())
    throw new FrameError(`${INDEX_NAME}.shape`, `[${data.shape.join()}] expected, got [${shape.join(', ')}]`);
  const places = new Uint16Array(owned(bytes));
  for (let at = 1; at < places.length; at++) {
    const [before, place] = [places[at - 1] as number, places[at] as number];
    if (place <= before) throw new FrameError(INDEX_NAME, `ascending places expected, got ${place} after ${before}`);
  }
  return places;
}

function floatsOf({ bytes, shape }: StoredTensor, scale: StoredTensor | undefined, dtype: WireDtype): Float32Array {
  if (dtype === 'f32') return ownFloats(bytes);
  const values = new Float32Array(uncleared(4 * sizeOf(shape)));
  if (dtype === 'f16') decodeF16(alignedHalves(bytes), values);
  else if (dtype === 'bf16') decodeBf16(alignedHalves(bytes), values);
  else decodeInt8(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length), ownFloats(scale?.bytes), values);
  return values;
}

/** A copy, in memory of its own. */
export function ownFloats(bytes: Uint8Array = new Uint8Array(0)): Float32Array {
  return new Float32Array(owned(bytes));
}

function owned(bytes: Uint8Array): ArrayBuffer {
  const copy = uncleared(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

/** A view where that can be: the values come to lie elsewhere in any case. */
function alignedHalves(bytes: Uint8Array): Uint16Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 2 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint16Array(buffer, byteOffset, length / 2);
}

/** For what is overwritten at once: clearing it first would be another pass. */
function uncleared(bytes: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(bytes).buffer as ArrayBuffer;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
