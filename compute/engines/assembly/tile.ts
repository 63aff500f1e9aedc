// The one place where matrices are multiplied: a tile of C, held in registers. How many rows it has is
// fixed by the build (asconfig.json) and changes no bits: each element is summed along the depth alone.

import { EDGE_TILE, ROWS, TILE_BYTES } from './scratch';
import { addTile4x8 } from './tile-4x8';
import { addTile8x8 } from './tile-8x8';

/** `C[ROWS, 8] += A[depth, ROWS]ᵀ B[depth, 8]`; `lead` is the length of a row of C in bytes. */
// @ts-ignore: decorator
@inline export function addTile(c: usize, lead: usize, a: usize, b: usize, depth: usize): void {
  if (ROWS == 8) addTile8x8(c, lead, a, b, depth);
  else addTile4x8(c, lead, a, b, depth);
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
  for (let i: usize = 0; i < TILE_BYTES; i += 16) v128.store(EDGE_TILE + i, f32x4.splat(0));
  addTile(EDGE_TILE, 32, a, b, depth);
  for (let i: usize = 0; i < rows; i++) {
    const to = c + i * lead;
    const from = EDGE_TILE + i * 32;
    for (let j: usize = 0; j < columns * 4; j += 4) store<f32>(to + j, load<f32>(to + j) + load<f32>(from + j));
  }
}
