// A frame: one message of the data plane. It is a safetensors blob whose metadata says which run,
// generation, step and micro-batch it belongs to, and whose one tensor, if any, is `data`, perhaps with `scale`.

import { FrameError } from '../errors.js';
import {
  entriesOf,
  HEAD_ROOM_BYTES,
  ownFloats,
  type PackedTensor,
  packTensor,
  unpackTensors,
} from './packed-tensor.js';
import { decodeSafetensors, encodePreamble, type Metadata, type StoredTensor } from './safetensors.js';
import { shown } from './shown.js';
import type { WireDtype } from './wire-dtypes.js';

/**
 * Clockwise: `activation`; `eval`, an activation that is only evaluated; `collect`, asking each
 * position for its weights. Anticlockwise: `gradient`; `done`, with which position 1 closes the ring.
 */
export const FRAME_KINDS = ['activation', 'eval', 'collect', 'gradient', 'done'] as const;
export type FrameKind = (typeof FRAME_KINDS)[number];

export interface FrameKey {
  readonly run: string;
  readonly generation: number;
  readonly kind: FrameKind;
  /** The optimizer step it belongs to; of `eval` and `collect`: the weight version to wait for. */
  readonly step: number;
  /** Micro-batch within the step; of `eval`: within the evaluation. */
  readonly micro: number;
}

export interface Frame extends FrameKey {
  readonly tensor: FrameTensor | null;
  /** Measurements that travel with the frame. */
  readonly timing?: FrameTiming;
}

/**
 * In milliseconds. Of the link: `sent`, the sender's clock when the frame left; `lag`, how late by the sender's
 * clock the receiver's own frames arrived there. Anticlockwise, of what lies behind the sender, itself
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
}

/** A frame to be sent: its tensor may be packed already. */
export interface OutgoingFrame extends Omit<Frame, 'tensor'> {
  readonly tensor: (Omit<FrameTensor, 'data'> & { readonly data: Float32Array | PackedTensor }) | null;
}

/** A packed tensor's own buffer is completed and returned: it must not be used again. */
export function encodeFrame(frame: OutgoingFrame): Uint8Array {
  const { tensor } = frame;
  const metadata = metadataOf(frame);
  if (tensor === null) return encodePreamble(metadata, [], []);
  const { shape, data, dtype = 'f32' } = tensor;
  const packed = data instanceof ArrayBuffer ? data : packTensor(data, dtype).packed;
  const entries = entriesOf(shape, dtype);
  return complete(packed, encodePreamble(metadata, entries, lengthsOf(entries, packed)));
}

function metadataOf({ run, generation, step, micro, kind, timing = {} }: OutgoingFrame): Metadata {
  return { run, generation: `${generation}`, step: `${step}`, micro: `${micro}`, kind, ...encodeTiming(timing) };
}

/** All but the last tensor are 32-bit floats; what the last one has must be what its shape takes. */
function lengthsOf(entries: readonly { readonly shape: readonly number[] }[], packed: PackedTensor): number[] {
  const scales = entries.slice(0, -1).map(({ shape }) => 4 * (shape[0] as number));
  return [...scales, scales.reduce((rest, bytes) => rest - bytes, packed.byteLength - HEAD_ROOM_BYTES)];
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
    tensor: tensorOf(tensors),
    ...decodeTiming(metadata),
  };
}

function tensorOf(tensors: readonly StoredTensor[]): FrameTensor | null {
  const unpacked = unpackTensors(tensors);
  if (unpacked === null) return null;
  const { shape, data, dtype } = unpacked;
  return { shape, data, ...(dtype !== 'f32' && { dtype }) };
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
  if (/^-?[0-9]{1,15}(\.[0-9]{1,3})?$/.test(text)) return Number(text);
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

function kindOf(metadata: Metadata): FrameKind {
  const kind = textOf(metadata, 'kind');
  if ((FRAME_KINDS as readonly string[]).includes(kind)) return kind as FrameKind;
  throw new FrameError('__metadata__.kind', `${shown(kind)} is none of ${FRAME_KINDS.join(', ')}`);
}
