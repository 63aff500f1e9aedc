// A board that is not there: after the real mathematics its compute thread waits until the board's time is
// up, and a frame leaves when the board's link would have brought it over. Waiting takes no processor, so
// that many boards keep their true concurrency on a few cores. Figures of such a run are emulated.

import type { Activity } from './activity.js';

export interface Emulation {
  /** Of one micro-batch, or as long as it really takes where that is longer. */
  readonly forwardMs: number;
  readonly backwardMs: number;
  /** Of one frame, during which the link carries no other in that direction. */
  readonly linkMs: number;
}

/** Books the time that the emulated board would have taken. */
export function emulatedActivity(activity: Activity, { forwardMs, backwardMs }: Emulation): Pick<Activity, 'during'> {
  const durationMs = { forward: forwardMs, backward: backwardMs, update: 0 };
  return {
    during: (phase, work) =>
      activity.during(phase, () => {
        const endMs = performance.now() + durationMs[phase];
        const result = work();
        sleepUntil(endMs);
        return result;
      }),
  };
}

const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread, which must not be the main one. */
function sleepUntil(endMs: number): void {
  const leftMs = endMs - performance.now();
  if (leftMs > 0) Atomics.wait(NEVER_WOKEN, 0, 0, leftMs);
}

/** What a node books its work on. */
export type Ledger = Pick<Activity, 'during' | 'tookGradient'>;
