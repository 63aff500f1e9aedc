// The safetensors format: 8 bytes little-endian header length, a JSON header, raw little-endian data.
// It is the one tensor format of the project, on the wire and on disk, so that every ML tool opens both.
// https://github.com/huggingface/safetensors#format

import { FrameError } from '../errors.js';
import { shown } from './shown.js';

export const DTYPE_BYTES = { F32: 4, F16: 2, BF16: 2, U16: 2, I8: 1 } as const;
export type Dtype = keyof typeof DTYPE_BYTES;

/** A tensor as the header tells of it. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

export interface StoredTensor extends TensorEntry {
  /** Little-endian elements; a view where decoded: copy it into an aligned buffer before use. */
  readonly bytes: Uint8Array;
}

export type Metadata = Readonly<Record<string, string>>;

export interface Safetensors {
  readonly metadata: Metadata;
  readonly tensors: readonly StoredTensor[];
}

const LENGTH_BYTES = 8;
const ALIGNMENT_BYTES = 8;
export const MAX_HEADER_BYTES = 64 * 1024;
const METADATA_KEY = '__metadata__';
const RESERVED_NAMES = new Set([METADATA_KEY, '__proto__']);

/** @throws FrameError when two tensors share a name, bytes are not shape x dtype, or the header exceeds 64 KiB */
export function encodeSafetensors({ metadata, tensors }: Safetensors): Uint8Array {
  const preamble = encodePreamble(
    metadata,
    tensors,
    tensors.map(({ bytes }) => bytes.length),
  );
  const total = tensors.reduce((sum, tensor) => sum + tensor.bytes.length, preamble.length);
  const blob = Buffer.allocUnsafeSlow(total);
  blob.set(preamble);
  let offset = preamble.length;
  for (const tensor of tensors) {
    blob.set(tensor.bytes, offset);
    offset += tensor.bytes.length;
  }
  return blob;
}

/**
 * What stands in front of the data: the header and its length, a multiple of 8 bytes.
 * @param lengths bytes of each tensor, one after the other
 * @throws FrameError as `encodeSafetensors`
 */
export function encodePreamble(
  metadata: Metadata,
  tensors: readonly TensorEntry[],
  lengths: readonly number[],
): Buffer {
  const json = Buffer.from(headerText(metadata, tensors, lengths));
  const headerLength = Math.ceil(json.length / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  if (headerLength > MAX_HEADER_BYTES)
    throw new FrameError('header', `${headerLength} bytes, at most ${MAX_HEADER_BYTES}`);
  const preamble = Buffer.allocUnsafe(LENGTH_BYTES + headerLength);
  preamble.writeUInt32LE(headerLength, 0);
  preamble.writeUInt32LE(0, 4);
  preamble.set(json, LENGTH_BYTES);
  return preamble.fill(' ', LENGTH_BYTES + json.length);
}

function headerText(metadata: Metadata, tensors: readonly TensorEntry[], lengths: readonly number[]): string {
  const entries = new Map<string, unknown>([[METADATA_KEY, metadata]]);
  let offset = 0;
  for (const [index, { name, dtype, shape }] of tensors.entries()) {
    const length = lengths[index] as number;
    if (RESERVED_NAMES.has(name)) throw new FrameError('name', `${name} is reserved and cannot name a tensor`);
    if (entries.has(name)) throw new FrameError('name', `${name} names two tensors`);
    checkLength(name, dtype, shape, length);
    entries.set(name, { dtype, shape, data_offsets: [offset, offset + length] });
    offset += length;
  }
  return JSON.stringify(Object.fromEntries(entries));
}

/**
 * The tensors of a blob, as views into it.
 * @throws FrameError naming the field, for anything but a whole and consistent blob
 */
export function decodeSafetensors(blob: Uint8Array): Safetensors {
  const { header, data } = splitBlob(blob);
  const tensors: StoredTensor[] = [];
  let metadata: Metadata = {};
  for (const [name, entry] of Object.entries(parseHeader(header))) {
    if (name === METADATA_KEY) metadata = decodeMetadata(entry);
    else tensors.push(decodeTensor(name, entry, data));
  }
  checkContiguous(tensors, data);
  return { metadata, tensors };
}

function splitBlob(blob: Uint8Array): { header: Uint8Array; data: Uint8Array } {
  if (blob.length < LENGTH_BYTES)
    throw new FrameError('length', `${blob.length} bytes, at least ${LENGTH_BYTES} expected`);
  const view = new DataView(blob.buffer, blob.byteOffset, LENGTH_BYTES);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > BigInt(MAX_HEADER_BYTES)) {
    throw new FrameError('header', `${headerLength} bytes, at most ${MAX_HEADER_BYTES}`);
  }
  const dataStart = LENGTH_BYTES + Number(headerLength);
  if (blob.length < dataStart)
    throw new FrameError('header', `${headerLength} bytes announced, ${blob.length - LENGTH_BYTES} there`);
  return { header: blob.subarray(LENGTH_BYTES, dataStart), data: blob.subarray(dataStart) };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch (cause) {
    throw new FrameError('header', 'not JSON', { cause });
  }
  if (!isRecord(header)) throw new FrameError('header', 'not a JSON object');
  return header;
}

function decodeMetadata(entry: unknown): Metadata {
  if (!isRecord(entry)) throw new FrameError(METADATA_KEY, 'not an object');
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value !== 'string')
      throw new FrameError(`${METADATA_KEY}.${key}`, `a string expected, got ${shown(value)}`);
  }
  return entry as Metadata;
}

function decodeTensor(name: string, entry: unknown, data: Uint8Array): StoredTensor {
  if (!isRecord(entry)) throw new FrameError(name, 'not an object');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDtype(dtype)) {
    throw new FrameError(`${name}.dtype`, `${shown(dtype)} is none of ${Object.keys(DTYPE_BYTES).join(', ')}`);
  }
  if (!isSizes(shape)) throw new FrameError(`${name}.shape`, `a list of sizes expected, got ${shown(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw new FrameError(`${name}.data_offsets`, `[begin, end] expected, got ${shown(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > data.length) {
    throw new FrameError(`${name}.data_offsets`, `[${begin}, ${end}] lie outside the ${data.length} bytes of data`);
  }
  checkLength(name, dtype, shape, end - begin);
  return { name, dtype, shape, bytes: data.subarray(begin, end) };
}

function checkLength(name: string, dtype: Dtype, shape: readonly number[], actual: number): void {
  const expected = shape.reduce((product, extent) => product * extent, DTYPE_BYTES[dtype]);
  if (expected !== actual) {
    throw new FrameError(`${name}.shape`, `[${shape.join(', ')}] of ${dtype} is ${expected} bytes, got ${actual}`);
  }
}

/** The format allows neither holes nor overlaps: every byte of the data belongs to one tensor. */
function checkContiguous(tensors: readonly StoredTensor[], data: Uint8Array): void {
  const sorted = tensors.toSorted((a, b) => a.bytes.byteOffset - b.bytes.byteOffset || a.bytes.length - b.bytes.length);
  let next = data.byteOffset;
  for (const { name, bytes } of sorted) {
    if (bytes.byteOffset !== next) throw new FrameError(`${name}.data_offsets`, 'holes and overlaps are not allowed');
    next += bytes.length;
  }
  const left = data.byteOffset + data.length - next;
  if (left !== 0) throw new FrameError('data', `${left} bytes belong to no tensor`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(DTYPE_BYTES, value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
