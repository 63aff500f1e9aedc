// The one place where matrices are multiplied: a tile of 4 rows and 8 columns held in registers.
// Two vectors of a row of B and four broadcasts of A feed eight accumulators; 4 x 8 is as large as
// fits 16 registers, and the loop is not unrolled because V8 then spills to the stack.

import { EDGE_TILE } from './scratch';

/** `C[4, 8] += A[depth, 4]ᵀ B[depth, 8]`, both packed; `lead` is the length of a row of C in bytes. */
export function addTile(c: usize, lead: usize, a: usize, b: usize, depth: usize): void {
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
    c00 = f32x4.add(c00, f32x4.mul(a0, b0));
    c01 = f32x4.add(c01, f32x4.mul(a0, b1));
    const a1 = v128.load_splat<f32>(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(a1, b0));
    c11 = f32x4.add(c11, f32x4.mul(a1, b1));
    const a2 = v128.load_splat<f32>(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(a2, b0));
    c21 = f32x4.add(c21, f32x4.mul(a2, b1));
    const a3 = v128.load_splat<f32>(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(a3, b0));
    c31 = f32x4.add(c31, f32x4.mul(a3, b1));
    a += 16;
    b += 32;
  } while (a < end);
  addRow(c, c00, c01);
  addRow(c + lead, c10, c11);
  addRow(c + 2 * lead, c20, c21);
  addRow(c + 3 * lead, c30, c31);
}

// @ts-ignore: decorator
@inline function addRow(c: usize, left: v128, right: v128): void {
  v128.store(c, f32x4.add(v128.load(c), left));
  v128.store(c, f32x4.add(v128.load(c, 16), right), 16);
}

/** As `addTile`, where only `rows` x `columns` of the tile lie within C. */
export function addEdgeTile(
  c: usize,
  lead: usize,
  a: usize,
  b: usize,
  depth: usize,
  rows: usize,
  columns: usize,
): void {
  // Not memory.fill, which calls out of the module: this runs for every tile of a narrow matrix.
  for (let i: usize = 0; i < 4 * 32; i += 16) v128.store(EDGE_TILE + i, f32x4.splat(0));
  addTile(EDGE_TILE, 32, a, b, depth);
  for (let i: usize = 0; i < rows; i++) {
    const to = c + i * lead;
    const from = EDGE_TILE + i * 32;
    for (let j: usize = 0; j < columns * 4; j += 4) store<f32>(to + j, load<f32>(to + j) + load<f32>(from + j));
  }
}
