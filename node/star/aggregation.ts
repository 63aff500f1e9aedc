// How the server of a star takes in what the workers push: all of a clock at once under `bsp`, each push by itself under
// `ssp` and `asp`. Both change the weights piece by piece, so that a piece is sent on while others come in.

import type { PushedPiece } from './descent.js';

export interface Aggregation {
  /** @throws ComputeError naming the worker whose push is not finite: the weights must not be used any more */
  take(pushed: PushedPiece): void;
  /** Whether a piece holds what a worker is to compute its clock `clock` at. */
  isReady(worker: number, clock: number, piece: number): boolean;
  /** Whether no clock is half in the weights, where clocks are taken in as a whole. */
  isSettled(): boolean;
  /** The worker will push no more; the pieces of its last push that were taken in count. @throws as `take` does */
  drop(worker: number): void;
}
