// The tile for processors of 16 vector registers, of which 4 x 8 fills as many as it can. Two vectors of a
// row of B and four broadcasts of A feed eight accumulators; not unrolled, because V8 then spills.

import { addRow, multiplyAdd } from './accumulate';

/** `C[4, 8] += A[depth, 4]ᵀ B[depth, 8]`, both packed; `lead` is the length of a row of C in bytes. */
export function addTile4x8(c: usize, lead: usize, a: usize, b: usize, depth: usize): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = a + depth * 16;
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load_splat<f32>(a);
    c00 = multiplyAdd(a0, b0, c00);
    c01 = multiplyAdd(a0, b1, c01);
    const a1 = v128.load_splat<f32>(a, 4);
    c10 = multiplyAdd(a1, b0, c10);
    c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.load_splat<f32>(a, 8);
    c20 = multiplyAdd(a2, b0, c20);
    c21 = multiplyAdd(a2, b1, c21);
    const a3 = v128.load_splat<f32>(a, 12);
    c30 = multiplyAdd(a3, b0, c30);
    c31 = multiplyAdd(a3, b1, c31);
    a += 16;
    b += 32;
  } while (a < end);
  addRow(c, c00, c01);
  addRow(c + lead, c10, c11);
  addRow(c + 2 * lead, c20, c21);
  addRow(c + 3 * lead, c30, c31);
}
