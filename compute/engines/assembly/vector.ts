// The last one to three elements of a row, as a vector: nothing beyond the tensor is read or written.

/** Loads `count` (1 to 3) floats; the other lanes are 0. */
// @ts-ignore: decorator
@inline export function loadPartial(from: usize, count: usize): v128 {
  if (count == 1) return v128.load32_zero(from);
  const two = v128.load64_zero(from);
  return count == 2 ? two : v128.load_lane<f32>(from, two, 2, 8);
}

/** Stores the first `count` (1 to 3) lanes. */
// @ts-ignore: decorator
@inline export function storePartial(to: usize, value: v128, count: usize): void {
  if (count == 1) {
    v128.store_lane<f32>(to, value, 0);
    return;
  }
  v128.store_lane<f64>(to, value, 0);
  if (count == 3) v128.store_lane<f32>(to, value, 2, 8);
}

/** Lanes below `count` as they are, the others replaced: for reductions over a partial vector. */
// @ts-ignore: decorator
@inline export function keepLanes(value: v128, count: usize, otherwise: v128): v128 {
  const lanes = i32x4.lt_u(i32x4(0, 1, 2, 3), i32x4.splat(<i32>count));
  return v128.bitselect(value, otherwise, lanes);
}

/** Sum of the lanes, always in the same order. */
// @ts-ignore: decorator
@inline export function sumLanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** Largest lane; NaN when any is. */
// @ts-ignore: decorator
@inline export function maxLanes(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}
