// How the server of a star takes in what the workers push: all of a clock at once under `bsp`, each push by itself under
// `ssp` and `asp`. Both change the weights piece by piece, so that a piece is sent on while others come in.

import type { PushedPiece } from './descent.js';

export interface Aggregation {
  /** @param step that the weights have seen, for the learning rate */
  take(pushed: PushedPiece, step: number): void;
  /** Whether a piece holds what a worker is to compute its clock `clock` at. */
  isReady(worker: number, clock: number, piece: number): boolean;
  /** The worker will push no more; the pieces that came of its last push count. */
  drop(worker: number, step: number): void;
}
