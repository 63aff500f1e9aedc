// What a micro-batch costs this node: f + g, forward and backward, as moving averages of what its compute
// thread has booked.

import type { ByBusyPhase } from './activity.js';

/** Weight of the newest measurement. */
const NEWEST = 1 / 8;

/** As an `Activity` tells it. */
export interface Paced {
  readonly seconds: Pick<ByBusyPhase, 'forward' | 'backward'>;
  readonly counts: Pick<ByBusyPhase, 'forward' | 'backward'>;
}

interface Booked {
  seconds: number;
  count: number;
  averageMs: number | null;
}

export class ComputePace {
  private readonly forward: Booked = { seconds: 0, count: 0, averageMs: null };
  private readonly backward: Booked = { seconds: 0, count: 0, averageMs: null };

  constructor(private readonly activity: Paced) {}

  /** f + g in milliseconds, with what was booked since it was last asked; null before there was one of each. */
  measure(): number | null {
    const { seconds, counts } = this.activity;
    const f = take(this.forward, seconds.forward, counts.forward);
    const g = take(this.backward, seconds.backward, counts.backward);
    return f === null || g === null ? null : f + g;
  }
}

function take(booked: Booked, seconds: number, count: number): number | null {
  const calls = count - booked.count;
  if (calls > 0) {
    const eachMs = ((seconds - booked.seconds) * 1000) / calls;
    const before = booked.averageMs ?? eachMs;
    Object.assign(booked, { seconds, count, averageMs: before + NEWEST * (eachMs - before) });
  }
  return booked.averageMs;
}
