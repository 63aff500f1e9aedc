// As what tensors cross the wire. Activations and gradients may each be narrowed, since on a slow link
// their bytes are the time of a step; the nodes themselves compute with 32-bit floats throughout.

import type { FrameKind } from './frame.js';
import { int8Scales } from './int8-blocks.js';
import type { Dtype } from './safetensors.js';

export const WIRE_DTYPES = ['f32', 'f16', 'bf16', 'int8'] as const;
export type WireDtype = (typeof WIRE_DTYPES)[number];

/** What a run asks for; the same at all its positions. */
export interface Wire {
  readonly activations: WireDtype;
  readonly gradients: WireDtype;
  /** From the server to the workers of a star; a ring sends none. */
  readonly parameters: WireDtype;
}

export const EXACT_WIRE: Wire = { activations: 'f32', gradients: 'f32', parameters: 'f32' };

/** The largest finite value that each can hold; a block of int8 holds what its scale does. */
export const LARGEST: Readonly<Record<WireDtype, number>> = {
  f32: 3.4028234663852886e38,
  f16: 65504,
  bf16: 3.3895313892515355e38,
  int8: 3.4028234663852886e38,
};

/** As which dtype the file format knows them. */
export const STORED_DTYPE = { f32: 'F32', f16: 'F16', bf16: 'BF16', int8: 'I8' } as const satisfies Record<
  WireDtype,
  Dtype
>;

/** The kinds of frames that hold a tensor. */
export type TensorKind = Exclude<FrameKind, 'cut' | 'collect' | 'done'>;

/** Labels are whole numbers that a narrower dtype would change. */
const ASKED_BY: Readonly<Record<FrameKind, keyof Wire | 'exact' | null>> = {
  activation: 'activations',
  eval: 'activations',
  targets: 'exact',
  parameters: 'parameters',
  gradient: 'gradients',
  cut: null,
  collect: null,
  done: null,
};

/** Which part of the run's `wire` says how a kind of frame travels; null where nothing does. */
export function wireKeyOf(kind: FrameKind): keyof Wire | null {
  const key = ASKED_BY[kind];
  return key === 'exact' ? null : key;
}

export function wireDtypeOf(kind: TensorKind, wire: Wire): WireDtype;
export function wireDtypeOf(kind: FrameKind, wire: Wire): WireDtype | null;
export function wireDtypeOf(kind: FrameKind, wire: Wire): WireDtype | null {
  const key = ASKED_BY[kind];
  if (key === 'exact') return 'f32';
  return key === null ? null : wire[key];
}

/** Bytes of `elements` on the wire, scales included, headers not. */
export function wireBytes(dtype: WireDtype, elements: number): number {
  if (dtype === 'int8') return elements + 4 * int8Scales(elements);
  return dtype === 'f32' ? 4 * elements : 2 * elements;
}
