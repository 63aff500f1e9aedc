// Weights and gradients of a star travel as one flat vector, in the order of the layers, cut into pieces (decision 17):
// of 256 KiB, where a hop is fastest, so that a piece can be summed, updated and sent on by itself.

export const PIECE_ELEMENTS = 65_536;

/** Elements `start` up to, not including, `end` of the flat vector. */
export interface Piece {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** In order, without holes; all but the last are of `PIECE_ELEMENTS`. */
export function piecesOf(elements: number): Piece[] {
  return Array.from({ length: Math.ceil(elements / PIECE_ELEMENTS) }, (_, index) => {
    const start = index * PIECE_ELEMENTS;
    return { index, start, end: Math.min(start + PIECE_ELEMENTS, elements) };
  });
}
