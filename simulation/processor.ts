// The compute thread of a board: does one thing at a time, in the order in which it is asked to, and books its time.

import type { SimulatedClock } from './clock.js';

interface Task {
  readonly durationMs: number;
  readonly done: () => void;
}

export class Processor {
  private readonly waiting: Task[] = [];
  private endsAtMs: number | null = null;
  private bookedMs = 0;

  constructor(private readonly clock: SimulatedClock) {}

  get isIdle(): boolean {
    return this.endsAtMs === null;
  }

  /** Up to this moment. */
  get busyMs(): number {
    return this.endsAtMs === null ? this.bookedMs : this.bookedMs - (this.endsAtMs - this.clock.nowMs);
  }

  /** When what was asked for before is done. */
  work(durationMs: number, done: () => void): void {
    if (this.isIdle) this.start({ durationMs, done });
    else this.waiting.push({ durationMs, done });
  }

  private start({ durationMs, done }: Task): void {
    const endsAtMs = this.clock.nowMs + durationMs;
    this.endsAtMs = endsAtMs;
    this.bookedMs += durationMs;
    this.clock.at(endsAtMs, () => {
      this.endsAtMs = null;
      const next = this.waiting.shift();
      if (next !== undefined) this.start(next);
      done();
    });
  }
}
