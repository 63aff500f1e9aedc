// A board that is not there: after the real mathematics its compute thread waits until the board's time is up, and its
// frames arrive when its link would have brought them over (decision 18). Waiting takes no processor, so that many
// boards keep their true concurrency on a few cores. Figures of such a run are emulated.

import { type Cost, durationMs } from '../compute/cost.js';
import type { BoardProfile } from '../hardware/board-profile.js';
import { type EmulatedLink, fixedLink, profileLink } from '../transport/emulated-link.js';
import type { Activity, BusyPhase } from './activity.js';

/** Plain data: it is passed to the compute thread. */
export type Emulation = ProfileEmulation | FixedEmulation;

/** What an action takes follows from its cost and from what the board can do. */
export interface ProfileEmulation {
  readonly profile: BoardProfile;
  /** By what all times are multiplied, where this computer is too slow for so many boards; reported ones are divided by it. */
  readonly dilation: number;
}

/** Whatever the cost. */
export interface FixedEmulation {
  /** Of one micro-batch, or as long as it really takes where that is longer. */
  readonly forwardMs: number;
  readonly backwardMs: number;
  /** Of one frame, during which the link carries no other in that direction. */
  readonly linkMs: number;
}

/** What a node books its work on. */
export type Ledger = Pick<Activity, 'during' | 'tookGradient'>;

/** Books the time that the emulated board would have taken, and by how much it was late. */
export function emulatedActivity(activity: Activity, emulation: Emulation, wait: Waiting = THREAD): Ledger {
  let last = { endMs: -Infinity, dueMs: -Infinity };
  return {
    tookGradient: (staleness) => activity.tookGradient(staleness),
    during: (phase, work, cost) => {
      const takesMs = durationOf(emulation, phase, cost);
      return activity.during(phase, () => {
        const startMs = wait.nowMs();
        const lateMs = lateness(startMs, last);
        const dueMs = startMs - lateMs + takesMs;
        const result = work();
        wait.until(dueMs);
        last = { endMs: wait.nowMs(), dueMs };
        activity.wasDue(takesMs, last.endMs - dueMs - lateMs);
        return result;
      });
    },
  };
}

/** With less between them, an action began because the one before had ended. */
const AT_ONCE_MS = 0.3;
const MOST_MADE_UP_MS = 1;

/**
 * By how much an action begins late because the one before was: a timer that rang late is made up for. A product that
 * really took longer is not.
 */
function lateness(startMs: number, last: { readonly endMs: number; readonly dueMs: number }): number {
  if (startMs - last.endMs > AT_ONCE_MS) return 0;
  return Math.min(Math.max(0, startMs - last.dueMs), MOST_MADE_UP_MS);
}

function durationOf(emulation: Emulation, phase: BusyPhase, cost: Cost | undefined): number {
  if ('profile' in emulation) return cost ? durationMs(cost, emulation.profile) * emulation.dilation : 0;
  return phase === 'forward' ? emulation.forwardMs : phase === 'backward' ? emulation.backwardMs : 0;
}

export function dilationOf(emulation: Emulation | undefined): number {
  return emulation && 'profile' in emulation ? emulation.dilation : 1;
}

export function profileOf(emulation: Emulation | undefined): BoardProfile | null {
  return emulation && 'profile' in emulation ? emulation.profile : null;
}

/** The one link of a board, whatever it talks to. */
export function linkOf(emulation: Emulation | undefined): EmulatedLink | undefined {
  if (emulation === undefined) return undefined;
  return 'profile' in emulation
    ? profileLink({ ...emulation.profile, dilation: emulation.dilation })
    : fixedLink(emulation.linkMs);
}

/** What the board would have measured. */
export function boardMs(ms: number | null, emulation: Emulation | undefined): number | null {
  return ms === null ? null : ms / dilationOf(emulation);
}

/** A clock, and how to wait by it. */
export interface Waiting {
  nowMs(): number;
  until(endMs: number): void;
}

/** What it takes to wake up: timer slack (prctl(2), PR_SET_TIMERSLACK) and the way back. */
const WAKING_MS = 0.1;
const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread, which must not be the main one. */
const THREAD: Waiting = {
  nowMs: () => performance.now(),
  until: (endMs) => {
    const leftMs = endMs - performance.now() - WAKING_MS;
    if (leftMs > 0) Atomics.wait(NEVER_WOKEN, 0, 0, leftMs);
  },
};
