// What the two 16-bit floats have in common. Their loops are hot: no branches on the data, whose zeros and
// small values a processor cannot foresee, two elements in one store, and NaN looked for only where one
// of the elements was too large.

/** A 32-bit float without its sign; magnitudes order as these bits do, NaN above infinity. */
export const MAGNITUDE = 0x7fffffff;
export const INFINITE = 0x7f800000;

export function bitsOf(values: Float32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}

/** All but an odd last one. @param halves aligned to 4 bytes */
export function pairsOf(halves: Uint16Array): Int32Array {
  return new Int32Array(halves.buffer, halves.byteOffset, halves.length >>> 1);
}

/**
 * Writes each NaN as one.
 * @param limit the largest magnitude that does not round to infinity
 * @param nan the 16 bits of a NaN
 * @returns the index of the first finite value that is none any more, or -1
 */
export function mendNaN(bits: Int32Array, halves: Uint16Array, limit: number, nan: number): number {
  let lost = -1;
  for (let at = 0; at < bits.length; at++) {
    const magnitude = (bits[at] as number) & MAGNITUDE;
    if (magnitude > INFINITE) halves[at] = nan | (((bits[at] as number) >>> 16) & 0x8000);
    else if (magnitude > limit && magnitude < INFINITE && lost < 0) lost = at;
  }
  return lost;
}
