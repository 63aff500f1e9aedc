// The joules of one position, by what the board was doing: each interval between two readings is a trapezoid, and is shared
// out by the seconds that the compute thread has booked in it.

import type { PowerReading } from '../hardware/power/power-sensor.js';
import type { Activity, ByBusyPhase } from '../node/activity.js';
import { PHASES, type Phase } from '../protocol/phases.js';

export type Joules = Record<Phase, number>;
type Work = Pick<Activity, 'seconds' | 'phase'>;

/** A longer time without a reading is not measured, and no trapezoid makes it so. */
export const LONGEST_GAP_MS = 5_000;

/** How the joules so far are shared out. */
interface Split {
  readonly sums: Joules;
  /** Seconds given to no phase: some of them belong to work that was under way then, and is booked later. */
  readonly idleSeconds: number;
  /** Seconds given to work that was still under way, and was not yet booked. */
  readonly ahead: Joules;
  readonly booked: ByBusyPhase;
}

export class EnergyTally {
  private split: Split;
  private last: PowerReading | null = null;
  private lastMs: number;
  private isWhole = true;

  /** @param sinceMs when the position was taken, by the clock of the readings */
  constructor(
    private readonly work: Work,
    sinceMs: number,
  ) {
    this.split = { sums: byPhase(() => 0), idleSeconds: 0, ahead: byPhase(() => 0), booked: work.seconds };
    this.lastMs = sinceMs;
  }

  add(reading: PowerReading): void {
    const gapMs = reading.atMs - this.lastMs;
    if (gapMs < 0) return; // it was under way when the position was taken
    if (gapMs > LONGEST_GAP_MS) this.isWhole = false;
    const fromW = this.last?.watts ?? reading.watts;
    this.split = this.shared(((fromW + reading.watts) / 2) * (gapMs / 1000), gapMs / 1000);
    this.last = reading;
    this.lastMs = reading.atMs;
  }

  /** Since the last reading with its watts. Null where not all of the time was measured, or nothing was. */
  joules(nowMs: number): Joules | null {
    const seconds = (nowMs - this.lastMs) / 1000;
    if (this.last === null || !this.isWhole || 1000 * seconds > LONGEST_GAP_MS) return null;
    return this.shared(this.last.watts * seconds, seconds).sums;
  }

  private shared(joules: number, seconds: number): Split {
    if (seconds <= 0) return this.split;
    const { booked, ahead } = this.newlyBooked();
    const sum = sumOf(booked);
    const { phase, seconds: now } = this.work;
    const isUnderWay = sum === 0 && phase !== 'idle';
    // Work is booked when it ends: where nothing ended, what is under way has had the whole of a long interval.
    const busy = byPhase((each) => (isUnderWay ? Number(each === phase) : booked[each] / Math.max(sum, seconds)));
    const idle = Math.max(0, 1 - sumOf(busy));
    const late = this.takenFromIdle(sum - seconds);
    const sums = byPhase((each) => {
      const own = each === 'idle' ? idle * joules - late.joules : busy[each] * joules;
      return Math.max(0, this.split.sums[each] + own + (sum > 0 ? (late.joules * booked[each]) / sum : 0));
    });
    return {
      sums,
      idleSeconds: this.split.idleSeconds + idle * seconds - late.seconds,
      ahead: byPhase((each) => ahead[each] + (isUnderWay && each === phase ? seconds : 0)),
      booked: now,
    };
  }

  /** More than an interval's seconds are booked in it: the work began in one before, which gave these to idle. */
  private takenFromIdle(excess: number): { seconds: number; joules: number } {
    const { idleSeconds, sums } = this.split;
    const seconds = Math.min(Math.max(0, excess), idleSeconds);
    return { seconds, joules: seconds > 0 ? (sums.idle * seconds) / idleSeconds : 0 };
  }

  /** Since the last interval, less what was given before it was booked. */
  private newlyBooked(): { booked: Joules; ahead: Joules } {
    const { booked: before, ahead } = this.split;
    const now = this.work.seconds;
    const fresh = byPhase((phase) => (phase === 'idle' ? 0 : now[phase] - before[phase]));
    const given = byPhase((phase) => Math.min(fresh[phase], ahead[phase]));
    return {
      booked: byPhase((phase) => fresh[phase] - given[phase]),
      ahead: byPhase((phase) => ahead[phase] - given[phase]),
    };
  }
}

function byPhase(value: (phase: Phase) => number): Joules {
  return Object.fromEntries(PHASES.map((phase) => [phase, value(phase)])) as Joules;
}

function sumOf(seconds: Joules): number {
  return PHASES.reduce((sum, phase) => sum + seconds[phase], 0);
}
