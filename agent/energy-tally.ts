// The joules of one position, by what the board was doing: each interval between two readings is a trapezoid, and is shared
// out by the seconds that the compute thread has booked in it.

import type { PowerReading } from '../hardware/power/power-sensor.js';
import type { Activity, ByBusyPhase } from '../node/activity.js';
import { PHASES, type Phase } from '../protocol/phases.js';

export type Joules = Record<Phase, number>;
type Work = Pick<Activity, 'seconds' | 'phase'>;

/** A longer time without a reading is not measured, and no trapezoid makes it so. */
export const LONGEST_GAP_MS = 5_000;

const BUSY = PHASES.filter((phase) => phase !== 'idle');

export class EnergyTally {
  private readonly work: Work;
  private readonly sums = byPhase(() => 0);
  /** Seconds given to work that was still under way, and was not yet booked. */
  private readonly ahead = byPhase(() => 0);
  private booked: ByBusyPhase;
  private last: PowerReading | null = null;
  private lastMs: number;
  private isWhole = true;

  /** @param sinceMs when the position was taken, by the clock of the readings */
  constructor(work: Work, sinceMs: number) {
    this.work = work;
    this.booked = work.seconds;
    this.lastMs = sinceMs;
  }

  add(reading: PowerReading): void {
    const gapMs = reading.atMs - this.lastMs;
    if (gapMs < 0) return; // it was under way when the position was taken
    if (gapMs > LONGEST_GAP_MS) this.isWhole = false;
    const fromW = this.last?.watts ?? reading.watts;
    this.share(((fromW + reading.watts) / 2) * (gapMs / 1000), gapMs / 1000);
    this.last = reading;
    this.lastMs = reading.atMs;
  }

  /** Null where not all of the time was measured. */
  joules(nowMs: number): Joules | null {
    return this.isWhole && nowMs - this.lastMs <= LONGEST_GAP_MS ? { ...this.sums } : null;
  }

  private share(joules: number, seconds: number): void {
    if (seconds <= 0) return;
    const busy = this.busySeconds(seconds);
    for (const phase of BUSY) this.sums[phase] += (joules * busy[phase]) / seconds;
    this.sums.idle += (joules * Math.max(0, seconds - sumOf(busy))) / seconds;
  }

  /** By phase, at most `seconds` in all. */
  private busySeconds(seconds: number): Joules {
    const busy = this.newlyBooked();
    const sum = sumOf(busy);
    if (sum > seconds) return byPhase((phase) => (busy[phase] * seconds) / sum);
    const { phase } = this.work;
    // Work is booked when it ends: where nothing ended, what is under way has had the whole of a long interval.
    if (sum > 0 || phase === 'idle') return busy;
    this.ahead[phase] += seconds;
    return { ...busy, [phase]: seconds };
  }

  /** Since the last interval, less what was given before it was booked. */
  private newlyBooked(): Joules {
    const now = this.work.seconds;
    const before = this.booked;
    this.booked = now;
    return byPhase((phase) => {
      if (phase === 'idle') return 0;
      const seconds = now[phase] - before[phase];
      const given = Math.min(seconds, this.ahead[phase]);
      this.ahead[phase] -= given;
      return seconds - given;
    });
  }
}

function byPhase(value: (phase: Phase) => number): Joules {
  return Object.fromEntries(PHASES.map((phase) => [phase, value(phase)])) as Joules;
}

function sumOf(seconds: Joules): number {
  return PHASES.reduce((sum, phase) => sum + seconds[phase], 0);
}
