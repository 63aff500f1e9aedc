// A frame: one message of the data plane. It is a safetensors blob whose metadata says which run,
// generation, step and micro-batch it belongs to, and whose one tensor, if any, is `data`.

import { FrameError } from '../errors.js';
import { decodeSafetensors, encodeSafetensors, type Metadata, type StoredTensor } from './safetensors.js';
import { shown } from './shown.js';

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
 * Clockwise: `period`, tau, of the ring.
 */
export const TIMINGS = ['sent', 'lag', 'behind', 'slowest', 'link', 'period'] as const;
export type FrameTiming = { readonly [Name in (typeof TIMINGS)[number]]?: number };

export interface FrameTensor {
  /** `[micro-batch, ...per sample]`, row-major. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const TENSOR_NAME = 'data';

export function encodeFrame(frame: Frame): Uint8Array {
  const { run, generation, step, micro, kind, tensor, timing = {} } = frame;
  const metadata = {
    run,
    generation: `${generation}`,
    step: `${step}`,
    micro: `${micro}`,
    kind,
    ...encodeTiming(timing),
  };
  return encodeSafetensors({ metadata, tensors: tensor === null ? [] : [storedTensor(TENSOR_NAME, tensor)] });
}

/**
 * Copies the tensor into an owned, aligned buffer: received payloads are often neither.
 * @throws FrameError naming the field
 */
export function decodeFrame(blob: Uint8Array): Frame {
  const { metadata, tensors } = decodeSafetensors(blob);
  if (tensors.length > 1) throw new FrameError('tensors', `at most one expected, got ${tensors.length}`);
  const [stored] = tensors;
  if (stored && stored.name !== TENSOR_NAME)
    throw new FrameError('name', `${TENSOR_NAME} expected, got ${stored.name}`);
  return {
    run: textOf(metadata, 'run'),
    generation: integerOf(metadata, 'generation'),
    step: integerOf(metadata, 'step'),
    micro: integerOf(metadata, 'micro'),
    kind: kindOf(metadata),
    tensor: stored ? frameTensor(stored) : null,
    ...decodeTiming(metadata),
  };
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
  const owned = new ArrayBuffer(bytes.length);
  new Uint8Array(owned).set(bytes);
  return { shape, data: new Float32Array(owned) };
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
