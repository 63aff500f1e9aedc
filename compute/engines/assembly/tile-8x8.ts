// The tile for processors of 32 vector registers (arm64): twice the arithmetic for each load. Rows of A come
// as two vectors of which V8 multiplies by a lane, where the 4 x 8 tile's broadcasts would be loads.

import { addRow, multiplyAdd } from './accumulate';

/** `C[8, 8] += A[depth, 8]ᵀ B[depth, 8]`, both packed; `lead` is the length of a row of C in bytes. */
export function addTile8x8(c: usize, lead: usize, a: usize, b: usize, depth: usize): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0);
  let c41 = f32x4.splat(0);
  let c50 = f32x4.splat(0);
  let c51 = f32x4.splat(0);
  let c60 = f32x4.splat(0);
  let c61 = f32x4.splat(0);
  let c70 = f32x4.splat(0);
  let c71 = f32x4.splat(0);
  const end = a + depth * 32;
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const low = v128.load(a);
    const high = v128.load(a, 16);
    const a0 = v128.shuffle<f32>(low, low, 0, 0, 0, 0);
    c00 = multiplyAdd(a0, b0, c00);
    c01 = multiplyAdd(a0, b1, c01);
    const a1 = v128.shuffle<f32>(low, low, 1, 1, 1, 1);
    c10 = multiplyAdd(a1, b0, c10);
    c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.shuffle<f32>(low, low, 2, 2, 2, 2);
    c20 = multiplyAdd(a2, b0, c20);
    c21 = multiplyAdd(a2, b1, c21);
    const a3 = v128.shuffle<f32>(low, low, 3, 3, 3, 3);
    c30 = multiplyAdd(a3, b0, c30);
    c31 = multiplyAdd(a3, b1, c31);
    const a4 = v128.shuffle<f32>(high, high, 0, 0, 0, 0);
    c40 = multiplyAdd(a4, b0, c40);
    c41 = multiplyAdd(a4, b1, c41);
    const a5 = v128.shuffle<f32>(high, high, 1, 1, 1, 1);
    c50 = multiplyAdd(a5, b0, c50);
    c51 = multiplyAdd(a5, b1, c51);
    const a6 = v128.shuffle<f32>(high, high, 2, 2, 2, 2);
    c60 = multiplyAdd(a6, b0, c60);
    c61 = multiplyAdd(a6, b1, c61);
    const a7 = v128.shuffle<f32>(high, high, 3, 3, 3, 3);
    c70 = multiplyAdd(a7, b0, c70);
    c71 = multiplyAdd(a7, b1, c71);
    a += 32;
    b += 32;
  } while (a < end);
  addRow(c, c00, c01);
  addRow(c + lead, c10, c11);
  addRow(c + 2 * lead, c20, c21);
  addRow(c + 3 * lead, c30, c31);
  addRow(c + 4 * lead, c40, c41);
  addRow(c + 5 * lead, c50, c51);
  addRow(c + 6 * lead, c60, c61);
  addRow(c + 7 * lead, c70, c71);
}
