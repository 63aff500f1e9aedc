// The bottom of the memory, below the arena: where matrices are packed and odd-shaped tiles computed.
// Addresses are constants, so the module has no static data and no allocator.

/** Rows of a tile: 4 or 8, as asconfig.json has it. */
// @ts-ignore: decorator
@inline export const ROWS: usize = TILE_ROWS;

/** Depth of a block: with it a panel of 8 columns and a tile of rows share a 32 KiB first-level cache. */
// @ts-ignore: decorator
@inline export const DEPTH: usize = 256;

/** Rows (or columns) of the operand that stays packed while the other streams by. */
// @ts-ignore: decorator
@inline export const EXTENT: usize = 256;

/** Columns of the streaming operand packed at a time: some cache lines of each row, read in order. */
// @ts-ignore: decorator
@inline export const STREAM: usize = 64;

// @ts-ignore: decorator
@inline export const TILE_BYTES: usize = ROWS * 8 * 4;

/** One tile that overhangs the matrix. */
// @ts-ignore: decorator
@inline export const EDGE_TILE: usize = 0;

/** Packed panels of the streaming operand. */
// @ts-ignore: decorator
@inline export const PANELS: usize = TILE_BYTES;

/** The packed block of the staying operand. */
// @ts-ignore: decorator
@inline export const BLOCK: usize = PANELS + DEPTH * STREAM * 4;

// @ts-ignore: decorator
@inline const END: usize = BLOCK + DEPTH * EXTENT * 4;

export function scratchBytes(): usize {
  return END;
}
