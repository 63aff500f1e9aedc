// The arithmetic of the tiles. Built with relaxed SIMD, a product and its sum are one fused instruction
// with one rounding, else two: other last bits, hence an engine of its own (docs/decisions/0011).

/** `a b + c`, lane by lane. */
// @ts-ignore: decorator
@inline export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
}

/** Adds eight sums to a row of C. */
// @ts-ignore: decorator
@inline export function addRow(c: usize, left: v128, right: v128): void {
  v128.store(c, f32x4.add(v128.load(c), left));
  v128.store(c, f32x4.add(v128.load(c, 16), right), 16);
}
