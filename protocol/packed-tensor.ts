// A tensor packed for the wire, with head room in front for the frame's header: what leaves the engine's
// memory is copied, or converted, once, and that very buffer is transferred, completed and published.

import { FrameError } from '../errors.js';
import { decodeBf16, encodeBf16 } from './bf16.js';
import { decodeF16, encodeF16 } from './f16.js';
import { decodeInt8, encodeInt8, int8Scales } from './int8-blocks.js';
import type { StoredTensor, TensorEntry } from './safetensors.js';
import { STORED_DTYPE, type WireDtype, wireBytes } from './wire-dtypes.js';

/** More than the header of a frame ever takes; what it does not take is not sent. */
export const HEAD_ROOM_BYTES = 1024;
export const TENSOR_NAME = 'data';
const SCALE_NAME = 'scale';

/** `HEAD_ROOM_BYTES` of head room, then the data. */
export type PackedTensor = ArrayBuffer;

export interface Packing {
  readonly packed: PackedTensor;
  /** The first finite value that the dtype cannot hold, if any. */
  readonly lost: number | null;
}

/** @param values any 32-bit floats, such as a view of the engine's memory */
export function packTensor(values: Float32Array, dtype: WireDtype): Packing {
  const packed = uncleared(HEAD_ROOM_BYTES + wireBytes(dtype, values.length));
  const lost = encodeInto(packed, values, dtype);
  return { packed, lost: lost < 0 ? null : (values[lost] as number) };
}

function encodeInto(packed: PackedTensor, values: Float32Array, dtype: WireDtype): number {
  const { length } = values;
  if (dtype === 'f16') return encodeF16(values, new Uint16Array(packed, HEAD_ROOM_BYTES, length));
  if (dtype === 'bf16') return encodeBf16(values, new Uint16Array(packed, HEAD_ROOM_BYTES, length));
  if (dtype === 'f32') new Float32Array(packed, HEAD_ROOM_BYTES, length).set(values);
  else {
    const scales = new Float32Array(packed, HEAD_ROOM_BYTES, int8Scales(length));
    encodeInt8(values, new Int8Array(packed, HEAD_ROOM_BYTES + scales.byteLength, length), scales);
  }
  return -1;
}

/** How a packed tensor's data are laid out: int8 has its scales first, so that both are aligned. */
export function entriesOf(shape: readonly number[], dtype: WireDtype): TensorEntry[] {
  const data = { name: TENSOR_NAME, dtype: STORED_DTYPE[dtype], shape };
  return dtype === 'int8' ? [{ name: SCALE_NAME, dtype: 'F32', shape: [int8Scales(sizeOf(shape))] }, data] : [data];
}

export interface UnpackedTensor {
  readonly shape: readonly number[];
  readonly dtype: WireDtype;
  /** Owned and aligned: received payloads are often neither. */
  readonly data: Float32Array;
}

/** @throws FrameError when these are not the tensors of a frame */
export function unpackTensors(tensors: readonly StoredTensor[]): UnpackedTensor | null {
  if (tensors.length === 0) return null;
  const { data, scale } = namedTensors(tensors);
  const dtype = dtypeOf(data);
  checkScale(dtype, data, scale);
  return { shape: data.shape, dtype, data: floatsOf(data, scale, dtype) };
}

function namedTensors(tensors: readonly StoredTensor[]): { data: StoredTensor; scale: StoredTensor | undefined } {
  const [data, scale] = [TENSOR_NAME, SCALE_NAME].map((name) => tensors.find((tensor) => tensor.name === name));
  const others = tensors.filter((tensor) => tensor !== data && tensor !== scale);
  const [other] = others;
  if (other) throw new FrameError('name', `${TENSOR_NAME} or ${SCALE_NAME} expected, got ${other.name}`);
  if (!data) throw new FrameError(TENSOR_NAME, 'missing');
  return { data, scale };
}

function dtypeOf({ dtype }: StoredTensor): WireDtype {
  const [found] = Object.entries(STORED_DTYPE).find(([, stored]) => stored === dtype) as [WireDtype, string];
  return found;
}

function checkScale(dtype: WireDtype, { shape }: StoredTensor, scale: StoredTensor | undefined): void {
  const wanted = dtype === 'int8' ? [int8Scales(sizeOf(shape))] : undefined;
  if (scale === undefined && wanted === undefined) return;
  if (scale?.dtype === 'F32' && scale.shape.join() === wanted?.join()) return;
  const found = scale ? `${scale.dtype} [${scale.shape.join(', ')}]` : 'none';
  throw new FrameError(SCALE_NAME, `${wanted ? `F32 [${wanted.join()}]` : 'none'} expected, got ${found}`);
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
  const owned = uncleared(bytes.length);
  new Uint8Array(owned).set(bytes);
  return new Float32Array(owned);
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
