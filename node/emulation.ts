// A board that is not there: after the real mathematics its compute thread waits until the board's time is up, and its
// frames arrive when its link would have brought them over (decision 18). Waiting takes no processor, so that many
// boards keep their true concurrency on a few cores. Figures of such a run are emulated.

import { type Cost, durationMs } from '../compute/cost.js';
import type { BoardProfile } from '../hardware/board-profile.js';
import { SYSTEM_CLOCK } from '../transport/alarm-clock.js';
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
  /** Of one micro-batch. */
  readonly forwardMs: number;
  readonly backwardMs: number;
  /** Of one frame, during which the link carries no other in that direction. */
  readonly linkMs: number;
}

/** What a node books its work on. */
export type Ledger = Pick<Activity, 'during' | 'tookGradient'>;

/**
 * A board that is not there, at work: each action takes as long by its clock as it would there, and this computer waits
 * for it. Where this computer is late, the next action begins all the same when the one before was due to end.
 */
export class EmulatedBoard implements Ledger {
  /** By the clock that this computer's threads share. */
  private reachedMs: number;
  /** When it last had nothing to do. */
  private idled = { fromMs: 0, untilMs: 0 };

  constructor(
    private readonly activity: Activity,
    private readonly emulation: Emulation,
    /** Whether what an action makes may leave this thread before its time: it is stamped, and held where it comes to. */
    private readonly sendsAhead: boolean,
    private readonly wait: Waiting = THREAD,
  ) {
    this.reachedMs = wait.nowMs();
  }

  /** The time that the board has reached. */
  get nowMs(): number {
    return this.reachedMs;
  }

  /** The board did nothing until then, if it is not later there already. */
  idleUntil(hostMs: number): void {
    if (hostMs <= this.reachedMs) return;
    this.idled = { fromMs: this.reachedMs, untilMs: hostMs };
    this.reachedMs = hostMs;
  }

  await(hostMs: number): void {
    this.wait.until(hostMs);
    this.activity.wasBehind(this.wait.nowMs() - hostMs);
  }

  cameAt(hostMs: number, isOverdue: boolean): void {
    this.activity.tookIn(isOverdue);
    const { fromMs, untilMs } = this.idled;
    const sinceMs = Math.max(hostMs, fromMs);
    if (sinceMs >= untilMs) return;
    this.activity.idledInVain(untilMs - sinceMs);
    this.idled = { fromMs, untilMs: sinceMs };
  }

  during<Result>(phase: BusyPhase, work: () => Result, cost?: Cost): Result {
    const takesMs = durationOf(this.emulation, phase, cost);
    return this.activity.booking(phase, work, () => {
      this.reachedMs += takesMs;
      if (!this.sendsAhead) this.await(this.reachedMs);
      return takesMs;
    });
  }

  tookGradient(staleness: number): void {
    this.activity.tookGradient(staleness);
  }
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

/** By the computer's own clock. Blocks this thread, which must not be the main one. */
const THREAD: Waiting = {
  nowMs: () => SYSTEM_CLOCK.toHostMs(SYSTEM_CLOCK.nowMs()),
  until: (endMs) => {
    const leftMs = endMs - THREAD.nowMs() - WAKING_MS;
    if (leftMs > 0) Atomics.wait(NEVER_WOKEN, 0, 0, leftMs);
  },
};
