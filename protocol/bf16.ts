// bf16: the upper half of a 32-bit float, with its range and 8 digits. Rounds to nearest, ties to even.

import { bitsOf, MAGNITUDE, mendNaN, pairsOf } from './half-floats.js';

/** Above this a finite value rounds to infinity. */
const LIMIT = 0x7f7f7fff;
const NAN = 0x7fc0;

/**
 * @param halves `[values.length]`, aligned to 4 bytes, overwritten
 * @returns the index of the first finite value that is none any more, or -1
 */
export function encodeBf16(values: Float32Array, halves: Uint16Array): number {
  const bits = bitsOf(values);
  const pairs = pairsOf(halves);
  let excess = 0; // negative once a magnitude was above the limit
  for (let pair = 0, at = 0; pair < pairs.length; pair++, at += 2) {
    const low = bits[at] as number;
    const high = bits[at + 1] as number;
    excess |= (LIMIT - (low & MAGNITUDE)) | (LIMIT - (high & MAGNITUDE));
    pairs[pair] = upperHalf(low) | (upperHalf(high) << 16);
  }
  if (halves.length % 2 === 1) {
    const last = bits[bits.length - 1] as number;
    excess |= LIMIT - (last & MAGNITUDE);
    halves[halves.length - 1] = upperHalf(last);
  }
  return excess < 0 ? mendNaN(bits, halves, LIMIT, NAN) : -1;
}

/** @param values `[halves.length]`, overwritten */
export function decodeBf16(halves: Uint16Array, values: Float32Array): void {
  const bits = bitsOf(values);
  for (let at = 0; at < bits.length; at++) bits[at] = (halves[at] as number) << 16;
}

function upperHalf(bits: number): number {
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
