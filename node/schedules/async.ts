// PipeDream-2BW (Narayanan et al. 2021, "Memory-Efficient Pipeline-Parallel DNN Training"): two weight
// versions, a gradient that is exactly one step late, and no flush. The forwards of a step go out while the
// backwards of the step before still come in: W(t+1) = W(t) - lr grad(W(t-1)), whatever arrives when.
//
// Three steps of four micro-batches over two boards and a master that holds the last stage, at free links.
// As in `sync.ts`, but a step begins before the bar of the one before: from then on nobody waits.
//
//   board 1  F0 F1 F2 F3 .  B0 F0 B1 F1 B2 F2 B3|F3 B0 F0 B1 F1 B2 F2 B3|F3 B0 .  B1 .  B2 .  B3|
//   board 2  .  F0 F1 F2 B0 F3 B1 F0 B2 F1 B3|F2 B0 F3 B1 F0 B2 F1 B3|F2 B0 F3 B1 .  B2 .  B3|.
//   master   .  .  F0 B0 F1 B1 F2 B2 F3 B3|F0 B0 F1 B1 F2 B2 F3 B3|F0 B0 F1 B1 F2 B2 F3 B3|.  .
//
// Forwards and backwards take turns where both wait: were the backwards always first, as under `sync`,
// micro-batches would come in clumps, and the neighbours starve between two of them.
//
// The window ends at m + 1: forwards of step t + 2 need the update of step t, so when the last backward of
// step t is still out, it and the m micro-batches of step t + 1 are all that can be in flight.

import type { NodeView, Schedule } from './schedule.js';

export const async: Schedule = {
  name: 'async',

  next(view) {
    if (view.backwardsDone === view.microBatches) return 'update';
    const forward = mayForward(view);
    if (view.gradientWaits && !(forward && view.previous === 'backward')) return 'backward';
    return forward ? 'forward' : 'wait';
  },

  weightVersion: (step) => Math.max(0, step - 1),
  versionsHeld: 2,
  maxWindow: (microBatches) => microBatches + 1,
};

function mayForward({ version, inFlight, window, nextForward }: NodeView): boolean {
  if (nextForward === null) return false;
  // An evaluation asks for a version, a micro-batch for the weights that its step is computed at.
  if (!nextForward.training) return nextForward.step === version;
  return nextForward.step <= version + 1 && inFlight < window;
}
