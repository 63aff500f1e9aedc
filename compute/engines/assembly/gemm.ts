// Blocked matrix products around the register tile: `C += A B`. The order in which products are added
// depends on the extents alone, so equal shapes give equal bits.

import { packColumns, packRows, scalePanel } from './pack';
import { BLOCK, DEPTH, EXTENT, PANELS, ROWS, STREAM } from './scratch';
import { addEdgeTile, addTile } from './tile';

/** Blocks of equal depth, none deeper than DEPTH. */
// @ts-ignore: decorator
@inline function blockDepth(depth: usize): usize {
  const blocks = (depth + DEPTH - 1) / DEPTH;
  return (depth + blocks - 1) / blocks;
}

// @ts-ignore: decorator
@inline function tileAt(c: usize, lead: usize, a: usize, b: usize, depth: usize, rows: usize, columns: usize): void {
  if (rows >= ROWS && columns >= 8) addTile(c, lead, a, b, depth);
  else addEdgeTile(c, lead, a, b, depth, min<usize>(rows, ROWS), min<usize>(columns, 8));
}

/**
 * `C[m, n] += A[m, depth] B`, B being `[depth, n]` or, `transposed`, `[n, depth]`: A stays packed while
 * B, the weights, streams by and each of its panels meets all rows of A while it is in the cache.
 */
// @ts-ignore: decorator
@inline export function addProduct(
  c: usize,
  a: usize,
  b: usize,
  m: usize,
  n: usize,
  depth: usize,
  transposed: bool,
): void {
  const step = blockDepth(depth);
  for (let p: usize = 0; p < depth; p += step) {
    const d = min(step, depth - p);
    for (let i: usize = 0; i < m; i += EXTENT) {
      const rows = min(EXTENT, m - i);
      for (let r: usize = 0; r < rows; r += ROWS) {
        const count = min<usize>(ROWS, rows - r);
        packRows(BLOCK + r * d * 4, a + ((i + r) * depth + p) * 4, depth * 4, count, d, ROWS);
      }
      for (let j: usize = 0; j < n; j += STREAM) {
        const columns = min(STREAM, n - j);
        if (transposed) packRowsOf(b + (j * depth + p) * 4, depth * 4, columns, d);
        else packColumns(PANELS, b + (p * n + j) * 4, n * 4, columns, d, 8);
        addTiles(c + (i * n + j) * 4, n * 4, rows, columns, d);
      }
    }
  }
}

/** The weights' rows, up to STREAM of them, as panels of 8. */
// @ts-ignore: decorator
@inline function packRowsOf(b: usize, lead: usize, columns: usize, depth: usize): void {
  for (let q: usize = 0; q < columns; q += 8) {
    packRows(PANELS + q * depth * 4, b + q * lead, lead, min<usize>(8, columns - q), depth, 8);
  }
}

/** All tiles of the packed rows with the packed panels: a panel stays in the cache for all rows. */
function addTiles(c: usize, lead: usize, rows: usize, columns: usize, depth: usize): void {
  for (let q: usize = 0; q < columns; q += 8) {
    const panel = PANELS + q * depth * 4;
    for (let r: usize = 0; r < rows; r += ROWS) {
      tileAt(c + r * lead + q * 4, lead, BLOCK + r * depth * 4, panel, depth, rows - r, columns - q);
    }
  }
}

/** Zeros in `rows` (at most 4) times `columns` of C, just before its tiles are added: it is then in the cache. */
function clear(c: usize, lead: usize, rows: usize, columns: usize): void {
  const full = (columns & ~3) * 4;
  for (let i: usize = 0; i < rows; i++, c += lead) {
    for (let j: usize = 0; j < full; j += 16) v128.store(c + j, f32x4.splat(0));
    for (let j = full; j < columns * 4; j += 4) store<f32>(c + j, 0);
  }
}

/**
 * `C[m, n] = (keep ? C : 0) + scale A[depth, m]ᵀ B[depth, n]`: the depth is a batch and short, C is large, so
 * B stays packed and C is written row by row.
 */
export function addTransposedProduct(
  c: usize,
  a: usize,
  b: usize,
  m: usize,
  n: usize,
  depth: usize,
  scale: f32,
  keep: bool,
): void {
  const step = blockDepth(depth);
  for (let p: usize = 0; p < depth; p += step) {
    const d = min(step, depth - p);
    for (let j: usize = 0; j < n; j += EXTENT) {
      const columns = min(EXTENT, n - j);
      packColumns(BLOCK, b + (p * n + j) * 4, n * 4, columns, d, 8);
      for (let i: usize = 0; i < m; i += ROWS) {
        packColumns(PANELS, a + (p * m + i) * 4, m * 4, min<usize>(ROWS, m - i), d, ROWS);
        if (scale != 1) scalePanel(PANELS, d * ROWS, scale);
        if (!keep && p == 0) clear(c + (i * n + j) * 4, n * 4, min<usize>(ROWS, m - i), columns);
        for (let q: usize = 0; q < columns; q += 8) {
          tileAt(c + (i * n + j + q) * 4, n * 4, PANELS, BLOCK + q * d * 4, d, m - i, columns - q);
        }
      }
    }
  }
}
