// One forward, one backward, with a flush: PipeDream's 1F1B (Narayanan et al. 2019) inside a step, and
// an update once the step's micro-batches are all back, so that the result is that of one board.
//
// DRAWING
//
// A backward that waits goes first: it frees a stash, and the neighbour waits for it.

import type { Schedule } from './schedule.js';

export const sync: Schedule = {
  name: 'sync',

  next({ version, forwardsDone, backwardsDone, microBatches, window, nextForward, gradientWaits }) {
    if (backwardsDone === microBatches) return 'update';
    if (gradientWaits) return 'backward';
    if (nextForward?.step !== version) return 'wait';
    return !nextForward.training || forwardsDone - backwardsDone < window ? 'forward' : 'wait';
  },

  weightVersion: (step) => step,
  maxWindow: (microBatches) => microBatches,
};
