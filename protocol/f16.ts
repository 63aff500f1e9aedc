// f16, IEEE 754 binary16: 5 bits of exponent and 11 digits, from 6e-8 to 65504. Rounds to nearest, ties to even.
// By tables, as in Jeroen van der Zijp, "Fast half float conversions" (2008): one line for all ranges.

import { bitsOf, INFINITE, MAGNITUDE, mendNaN, pairsOf } from './half-floats.js';

/** Above this a finite value rounds to infinity: 65520, less a little. */
const LIMIT = 0x477fefff;
const NAN = 0x7e00;
const IMPLICIT_ONE = 0x800000;
/** Takes all 24 digits away. */
const ALL_DIGITS = 25;

/** By sign and exponent of a 32-bit float: by how much to shift its digits, and what to add to the rest. */
const SHIFT = Int32Array.from({ length: 512 }, (_, key) => {
  const exponent = (key & 0xff) - 112;
  if (exponent >= 1 && exponent <= 30) return 13;
  return exponent > 30 ? ALL_DIGITS : Math.min(ALL_DIGITS, 14 - exponent);
});
const BASE = Int32Array.from({ length: 512 }, (_, key) => {
  const exponent = (key & 0xff) - 112;
  const unsigned = exponent > 30 ? 0x7c00 : Math.max(0, exponent - 1) << 10; // the implicit one adds the 1 again
  return ((key & 0x100) << 7) | unsigned;
});
/** Half of the last digit that stays, less one: with that digit added it rounds to even. */
const HALF = SHIFT.map((shift) => (1 << (shift - 1)) - 1);

/**
 * @param halves `[values.length]`, aligned to 4 bytes, overwritten
 * @returns the index of the first finite value that is none any more, or -1
 */
export function encodeF16(values: Float32Array, halves: Uint16Array): number {
  const bits = bitsOf(values);
  const pairs = pairsOf(halves);
  let excess = 0; // negative once a magnitude was above the limit
  for (let pair = 0, at = 0; pair < pairs.length; pair++, at += 2) {
    const low = bits[at] as number;
    const high = bits[at + 1] as number;
    excess |= (LIMIT - (low & MAGNITUDE)) | (LIMIT - (high & MAGNITUDE));
    pairs[pair] = halfOf(low) | (halfOf(high) << 16);
  }
  if (halves.length % 2 === 1) {
    const last = bits[bits.length - 1] as number;
    excess |= LIMIT - (last & MAGNITUDE);
    halves[halves.length - 1] = halfOf(last);
  }
  return excess < 0 ? mendNaN(bits, halves, LIMIT, NAN) : -1;
}

function halfOf(bits: number): number {
  const key = bits >>> 23;
  const shift = SHIFT[key] as number;
  const digits = (bits & 0x7fffff) | IMPLICIT_ONE;
  return (BASE[key] as number) + ((digits + (HALF[key] as number) + ((digits >>> shift) & 1)) >>> shift);
}

/** The way back, by sign and exponent of a half: where its digits are found, and what to add to them. */
const START = Int32Array.from({ length: 64 }, (_, key) => (key % 32 === 0 ? 0 : 1024));
const EXPONENT = Int32Array.from({ length: 64 }, (_, key) => {
  const exponent = key % 32;
  const unsigned = exponent === 0 ? 0 : exponent === 31 ? INFINITE : (exponent + 112) << 23;
  return ((key & 32) << 26) | unsigned;
});
/** First the subnormal values, whose exponent follows from their digits; then the digits of the normal ones. */
const DIGITS = Int32Array.from({ length: 2048 }, (_, index) => {
  return index < 1024 ? (bitsOf(Float32Array.of(index * 2 ** -24))[0] as number) : (index - 1024) << 13;
});

/** Exact. @param values `[halves.length]`, overwritten */
export function decodeF16(halves: Uint16Array, values: Float32Array): void {
  const bits = bitsOf(values);
  for (let at = 0; at < bits.length; at++) {
    const half = halves[at] as number;
    const key = half >>> 10;
    bits[at] = (DIGITS[(START[key] as number) + (half & 0x3ff)] as number) + (EXPONENT[key] as number);
  }
}
