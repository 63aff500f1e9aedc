// A frame: one message of the data plane. It is a safetensors blob whose metadata says which run,
// generation, step and micro-batch it belongs to, and whose one tensor, if any, is `data`, perhaps with `scale` and `index`.

import { FrameError } from '../errors.js';
import {
  bytesOf,
  entriesOf,
  HEAD_ROOM_BYTES,
  ownFloats,
  type PackedTensor,
  packTensor,
  TENSOR_NAME,
  unpackTensors,
} from './packed-tensor.js';
import {
  decodeSafetensors,
  encodePreamble,
  type Metadata,
  type StoredTensor,
  type TensorEntry,
} from './safetensors.js';
import { shown } from './shown.js';
import type { WireDtype } from './wire-dtypes.js';

/**
 * Clockwise in a ring: `activation`; `eval`, an activation that is only evaluated; `cut`, asking each
 * position to keep a snapshot; `collect`, for its weights. Anticlockwise: `gradient`; `done`, with which position 1 closes the ring.
 * From the server of a star: `activation` and `targets`, a worker's share of the data; `parameters`. To it:
 * `gradient`. Parameters and gradients travel in pieces, which `micro` counts.
 */
export const FRAME_KINDS = [
  'activation',
  'eval',
  'cut',
  'collect',
  'targets',
  'parameters',
  'gradient',
  'done',
] as const;
export type FrameKind = (typeof FRAME_KINDS)[number];

export interface FrameKey {
  readonly run: string;
  readonly generation: number;
  readonly kind: FrameKind;
  /** The optimizer step it belongs to; of `eval`, `cut` and `collect`: the weight version to wait for. */
  readonly step: number;
  /** Micro-batch within the step; of `eval`: within the evaluation; of parameters: the piece. */
  readonly micro: number;
  /** The worker that sent it, where several send to one. */
  readonly from?: number;
  /** With the last piece of a star's push: sum of the losses over its samples. */
  readonly loss?: number;
  /** With that piece: the clock of the parameters that the push was computed at, where that is not its own. */
  readonly basis?: number;
  /** With the last piece of a star's parameters: the first clock that their worker may not begin with them. */
  readonly until?: number;
  /** From the server of a star: local steps of the clock, where they are fewer than the run's. */
  readonly localSteps?: number;
}

export interface Frame extends FrameKey {
  readonly tensor: FrameTensor | null;
  /** Measurements that travel with the frame. */
  readonly timing?: FrameTiming;
}

/**
 * In milliseconds, none but `lag` below 0. Of the link: `sent`, the sender's clock when the frame left; `lag`, how
 * late by the sender's clock the receiver's own frames arrived there, the difference of two clocks. Anticlockwise, of what lies behind the sender, itself
 * included: `behind`, a micro-batch's way there and back; `slowest`, the longest f + g; `link`, the longest c.
 * Clockwise: `period`, tau, of the ring. Of an emulated link: `begin`, when the frame's first bit is at the receiver,
 * by the clock of the computer that all boards share; `mbps`, 10^6 bits a second of the sender's uplink.
 */
export const TIMINGS = ['sent', 'lag', 'behind', 'slowest', 'link', 'period', 'begin', 'mbps'] as const;
export type FrameTiming = { readonly [Name in (typeof TIMINGS)[number]]?: number };

export interface FrameTensor {
  /** `[micro-batch, ...per sample]`, row-major. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** As which it crosses the wire; `f32` where it is left out. */
  readonly dtype?: WireDtype;
  /**
   * Of a sparse tensor, `[n]` as its data are: the places of the values within a piece of a larger one, strictly
   * ascending. Who takes them knows how long the piece is, and must check that the last one is within.
   */
  readonly index?: Uint16Array;
}

/** A frame to be sent: its tensor may be packed already, and its index with it. */
export interface OutgoingFrame extends Omit<Frame, 'tensor'> {
  readonly tensor: OutgoingTensor | null;
}

export interface OutgoingTensor extends Omit<FrameTensor, 'data' | 'index'> {
  readonly data: Float32Array | PackedTensor;
  readonly index?: Uint16Array | 'packed';
}

/** A packed tensor's own buffer is completed and returned: it must not be used again. */
export function encodeFrame(frame: OutgoingFrame): Uint8Array {
  const { tensor } = frame;
  const metadata = metadataOf(frame);
  if (tensor === null) return encodePreamble(metadata, [], []);
  const { shape, dtype = 'f32', index } = tensor;
  const packed = packedOf(tensor);
  const entries = entriesOf(shape, dtype, index !== undefined);
  return complete(packed, encodePreamble(metadata, entries, lengthsOf(entries, packed)));
}

function metadataOf({ run, generation, step, micro, kind, timing = {}, ...others }: OutgoingFrame): Metadata {
  const key = { run, generation: `${generation}`, step: `${step}`, micro: `${micro}`, kind };
  const names = ['from', 'loss', 'localSteps', 'basis', 'until'] as const;
  const known = names.filter((name) => others[name] !== undefined);
  const told = Object.fromEntries(known.map((name) => [name, `${others[name]}`]));
  return { ...key, ...told, ...encodeTiming(timing) };
}

function packedOf({ data, dtype = 'f32', index }: OutgoingTensor): PackedTensor {
  if (data instanceof ArrayBuffer) return data;
  return packTensor(data, dtype, index === 'packed' ? undefined : index).packed;
}

/** The data have what the others leave, which must be what their shape takes. */
function lengthsOf(entries: readonly TensorEntry[], packed: PackedTensor): number[] {
  const lengths = entries.map((entry) => (entry.name === TENSOR_NAME ? 0 : bytesOf(entry)));
  const left = lengths.reduce((rest, bytes) => rest - bytes, packed.byteLength - HEAD_ROOM_BYTES);
  return entries.map(({ name }, at) => (name === TENSOR_NAME ? left : (lengths[at] as number)));
}

/** The preamble goes straight before the data; one that is too long for the head room costs a copy. */
function complete(packed: PackedTensor, preamble: Uint8Array): Uint8Array {
  const start = HEAD_ROOM_BYTES - preamble.length;
  if (start < 0) return Buffer.concat([preamble, new Uint8Array(packed, HEAD_ROOM_BYTES)]);
  const blob = new Uint8Array(packed, start);
  blob.set(preamble);
  return blob;
}

/**
 * Copies or converts the tensor into an owned, aligned buffer: received payloads are often neither.
 * @throws FrameError naming the field
 */
export function decodeFrame(blob: Uint8Array): Frame {
  const { metadata, tensors } = decodeSafetensors(blob);
  return {
    run: textOf(metadata, 'run'),
    generation: integerOf(metadata, 'generation'),
    step: integerOf(metadata, 'step'),
    micro: integerOf(metadata, 'micro'),
    kind: kindOf(metadata),
    ...(metadata.from !== undefined && { from: integerOf(metadata, 'from') }),
    ...(metadata.loss !== undefined && { loss: lossOf(metadata) }),
    ...(metadata.localSteps !== undefined && { localSteps: integerOf(metadata, 'localSteps') }),
    ...(metadata.basis !== undefined && { basis: integerOf(metadata, 'basis') }),
    ...(metadata.until !== undefined && { until: integerOf(metadata, 'until') }),
    tensor: tensorOf(tensors),
    ...decodeTiming(metadata),
  };
}

function tensorOf(tensors: readonly StoredTensor[]): FrameTensor | null {
  const unpacked = unpackTensors(tensors);
  if (unpacked === null) return null;
  const { shape, data, dtype, index } = unpacked;
  return { shape, data, ...(dtype !== 'f32' && { dtype }), ...(index !== null && { index }) };
}

/** To the microsecond. */
function encodeTiming(timing: FrameTiming): Record<string, string> {
  const known = TIMINGS.filter((name) => timing[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, (timing[name] as number).toFixed(3)]));
}

function decodeTiming(metadata: Metadata): { timing?: FrameTiming } {
  const known = TIMINGS.filter((name) => metadata[name] !== undefined);
  if (known.length === 0) return {};
  return { timing: Object.fromEntries(known.map((name) => [name, millisecondsOf(metadata, name)])) };
}

function millisecondsOf(metadata: Metadata, key: string): number {
  const text = textOf(metadata, key);
  const isNumber = /^-?[0-9]{1,15}(\.[0-9]{1,3})?$/.test(text);
  if (isNumber && (key === 'lag' || !text.startsWith('-'))) return Number(text);
  throw new FrameError(`__metadata__.${key}`, `milliseconds expected, got ${shown(text)}`);
}

/** 32-bit floats in the format's little-endian order, without a copy. */
export function storedTensor(name: string, { shape, data }: FrameTensor): StoredTensor {
  return { name, dtype: 'F32', shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** @throws FrameError when the tensor does not hold 32-bit floats */
export function frameTensor({ name, dtype, shape, bytes }: StoredTensor): FrameTensor {
  if (dtype !== 'F32') throw new FrameError(`${name}.dtype`, `F32 expected, got ${dtype}`);
  return { shape, data: ownFloats(bytes) };
}

export function textOf(metadata: Metadata, key: string): string {
  const value = metadata[key];
  if (value === undefined) throw new FrameError(`__metadata__.${key}`, 'missing');
  return value;
}

export function integerOf(metadata: Metadata, key: string): number {
  const text = textOf(metadata, key);
  const value = Number(text);
  if (/^[0-9]{1,15}$/.test(text)) return value;
  throw new FrameError(`__metadata__.${key}`, `a whole number expected, got ${shown(text)}`);
}

function lossOf(metadata: Metadata): number {
  const text = textOf(metadata, 'loss');
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new FrameError('__metadata__.loss', `a finite number expected, got ${shown(text)}`);
}

function kindOf(metadata: Metadata): FrameKind {
  const kind = textOf(metadata, 'kind');
  if ((FRAME_KINDS as readonly string[]).includes(kind)) return kind as FrameKind;
  throw new FrameError('__metadata__.kind', `${shown(kind)} is none of ${FRAME_KINDS.join(', ')}`);
}
