// One forward, one backward, with a flush: PipeDream's 1F1B (Narayanan et al. 2019) inside a step, and
// an update once the step's micro-batches are all back, so that the result is that of one board.
//
// A step of four micro-batches over three boards and a master that holds the last stage, at free links.
// Time runs to the right, a column is what one forward or backward takes: F2 and B2 are forward and
// backward of micro-batch 2, a point is idle, a bar the update.
//
//   board 1  F0 F1 F2 F3 .  .  .  B0 .  B1 .  B2 .  B3|
//   board 2  .  F0 F1 F2 F3 .  B0 .  B1 .  B2 .  B3|.
//   board 3  .  .  F0 F1 F2 B0 F3 B1 .  B2 .  B3|.  .
//   master   .  .  .  F0 B0 F1 B1 F2 B2 F3 B3|.  .  .
//
// A backward that waits goes first: it frees a stash, and the neighbour waits for it.

import type { Schedule } from './schedule.js';

export const sync: Schedule = {
  name: 'sync',

  next({ version, inFlight, backwardsDone, microBatches, window, nextForward, gradientWaits }) {
    if (backwardsDone === microBatches) return 'update';
    if (gradientWaits) return 'backward';
    if (nextForward?.step !== version) return 'wait';
    return !nextForward.training || inFlight < window ? 'forward' : 'wait';
  },

  weightVersion: (step) => step,
  versionsHeld: 1,
  maxWindow: (microBatches) => microBatches,
};
