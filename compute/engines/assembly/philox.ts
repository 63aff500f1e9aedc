// Philox4x32-10 (Salmon et al. 2011) for four consecutive blocks at once, one block a lane; the same
// words as compute/random.ts. The four words of the blocks are left in `word0` to `word3`.

export let word0: v128 = i32x4.splat(0);
export let word1: v128 = i32x4.splat(0);
export let word2: v128 = i32x4.splat(0);
export let word3: v128 = i32x4.splat(0);

/** Blocks (`block` .. `block` + 3, `c1`, `c2`, `c3`) under the key (`k0`, `k1`). */
export function philox4(block: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): void {
  let x0 = i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3));
  let x1 = i32x4.splat(c1);
  let x2 = i32x4.splat(c2);
  let x3 = i32x4.splat(c3);
  const multiplier0 = i32x4.splat(0xd2511f53);
  const multiplier1 = i32x4.splat(0xcd9e8d57);
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(x0, multiplier0);
    const high1 = multiplyHigh(x2, multiplier1);
    const low0 = i32x4.mul(x0, multiplier0);
    const low1 = i32x4.mul(x2, multiplier1);
    x0 = v128.xor(v128.xor(high1, x1), i32x4.splat(k0));
    x1 = low1;
    x2 = v128.xor(v128.xor(high0, x3), i32x4.splat(k1));
    x3 = low0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  word0 = x0;
  word1 = x1;
  word2 = x2;
  word3 = x3;
}

/** Upper halves of the 64-bit products, lane by lane. */
// @ts-ignore: decorator
@inline function multiplyHigh(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b), 1, 3, 5, 7);
}
