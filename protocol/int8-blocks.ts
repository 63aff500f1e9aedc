// Tensors as 8-bit integers with a scale for each block of 64 consecutive elements, as in Dettmers (2016),
// "8-bit approximations for parallelism": x = q * scale with q from -127 to 127. The plain loops do two
// passes over a block that stays in the nearest cache.

import { bitsOf, INFINITE, MAGNITUDE } from './half-floats.js';

export const INT8_BLOCK = 64;

/** Scales that go with so many elements. */
export function int8Scales(elements: number): number {
  return Math.ceil(elements / INT8_BLOCK);
}

/** The smallest normal 32-bit float: a scale below has too few digits to divide by. */
const LEAST_SCALE = 2 ** -126;
/** Adding this to a double of less than 2^51 and taking it off again rounds to the nearest integer, ties to even. */
const ROUNDING = 1.5 * 2 ** 52;

/**
 * The scale is the block's largest magnitude / 127, rounded to 17 digits so that all its multiples up to 127
 * are exact: what was decoded encodes to the same bytes. A block of less than 1.5e-36 becomes zero; the
 * scale of one with a NaN or an infinity is NaN, which spoils the block for the receiver to notice.
 * @param scales `[ceil(values.length / 64)]`
 */
export function encodeInt8(values: Float32Array, quotients: Int8Array, scales: Float32Array): void {
  const bits = bitsOf(values);
  const scaleBits = bitsOf(scales);
  for (let block = 0; block < scales.length; block++) {
    const begin = block * INT8_BLOCK;
    const end = Math.min(begin + INT8_BLOCK, values.length);
    scaleBits[block] = largest(bits, begin, end);
    setScale(scales, scaleBits, block);
    const scale = scales[block] as number;
    divide(values, quotients, begin, end, scale > 0 ? 1 / scale : 0);
  }
}

function divide(values: Float32Array, quotients: Int8Array, begin: number, end: number, inverse: number): void {
  for (let at = begin; at < end; at++) quotients[at] = (values[at] as number) * inverse + ROUNDING - ROUNDING;
}

/** @param values `[quotients.length]`, overwritten */
export function decodeInt8(quotients: Int8Array, scales: Float32Array, values: Float32Array): void {
  for (let block = 0; block < scales.length; block++) {
    const begin = block * INT8_BLOCK;
    const end = Math.min(begin + INT8_BLOCK, values.length);
    const scale = scales[block] as number;
    for (let at = begin; at < end; at++) values[at] = (quotients[at] as number) * scale;
  }
}

/** Magnitudes order as their bits do, NaN above all. */
function largest(bits: Int32Array, begin: number, end: number): number {
  let most = 0;
  for (let at = begin; at < end; at++) {
    const magnitude = (bits[at] as number) & MAGNITUDE;
    if (magnitude > most) most = magnitude;
  }
  return most;
}

/** From the largest magnitude, which stands in the scale's place. */
function setScale(scales: Float32Array, scaleBits: Int32Array, block: number): void {
  if ((scaleBits[block] as number) >= INFINITE) scales[block] = Number.NaN;
  else {
    scales[block] = (scales[block] as number) / 127;
    if ((scales[block] as number) < LEAST_SCALE) scales[block] = 0;
    scaleBits[block] = ((scaleBits[block] as number) + 0x40) & ~0x7f;
  }
}
