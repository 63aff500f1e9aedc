// How large a value must be to be among the k largest in magnitude: found by counting, in time that does not depend on
// the values, without sorting or moving them. A radix select over the bits of the magnitude, widest digit first.

import { bitsOf, MAGNITUDE } from '../protocol/half-floats.js';

/** The 31 bits of a magnitude in three digits, for each of which all values are read. */
export const DIGITS = [
  { shift: 20, width: 11 },
  { shift: 10, width: 10 },
  { shift: 0, width: 10 },
] as const;

/** Values above the threshold are all among the k largest; of those that equal it, so many are. */
export interface Threshold {
  /** The bits of a magnitude, which order as magnitudes do, NaN above infinity. */
  bits: number;
  ties: number;
}

/** Buffers are made once; the threshold is the same object each time. */
export function largestFinder(): (values: Float32Array, k: number) => Threshold {
  const counts = new Int32Array(2 ** 11);
  const threshold = { bits: 0, ties: 0 };
  /** @param k from 1 to values.length */
  return (values, k) => {
    const bits = bitsOf(values);
    threshold.bits = 0;
    threshold.ties = k;
    for (const { shift, width } of DIGITS) {
      countDigits(bits, threshold.bits, shift, width, counts);
      chooseDigit(counts, shift, width, threshold);
    }
    return threshold;
  };
}

/** Of the magnitudes that begin as `prefix` does, how many have each digit. */
function countDigits(bits: Int32Array, prefix: number, shift: number, width: number, counts: Int32Array): void {
  const higher = shift + width;
  const wanted = prefix >>> higher;
  const mask = 2 ** width - 1;
  counts.fill(0);
  for (let at = 0; at < bits.length; at++) {
    const magnitude = (bits[at] as number) & MAGNITUDE;
    if (magnitude >>> higher === wanted) {
      const digit = (magnitude >>> shift) & mask;
      counts[digit] = (counts[digit] as number) + 1;
    }
  }
}

/** The digit of the last one that is still among the k largest; `ties` is how many are left for it. */
function chooseDigit(counts: Int32Array, shift: number, width: number, threshold: Threshold): void {
  let digit = 2 ** width - 1;
  while ((counts[digit] as number) < threshold.ties) threshold.ties -= counts[digit--] as number;
  threshold.bits |= digit << shift;
}
