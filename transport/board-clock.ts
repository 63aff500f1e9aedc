// The time that an emulated board has reached (decision 18). What happens there happens at that time, though this
// computer gets round to it a little later: so timers that ring late, and threads that wait for a processor, never
// add up, and a computer that is too slow shows as lag.

import { type AlarmClock, SYSTEM_CLOCK } from './alarm-clock.js';

export class BoardClock {
  private eventMs: number | null = null;
  private mostLagMs = 0;

  constructor(private readonly clock: Pick<AlarmClock, 'nowMs' | 'toHostMs' | 'fromHostMs'> = SYSTEM_CLOCK) {}

  /** By the clock of this process: when the event under way was due; between two events, now. */
  get nowMs(): number {
    return this.eventMs ?? this.clock.nowMs();
  }

  /** The same by the computer's own clock, which all its processes and threads share. */
  get hostMs(): number {
    return this.clock.toHostMs(this.nowMs);
  }

  /** By how much this computer was ever behind. */
  get lagMs(): number {
    return this.mostLagMs;
  }

  /** Runs `work` as what happens at `ms`. */
  at<Result>(ms: number, work: () => Result): Result {
    const outer = this.eventMs;
    this.eventMs = ms;
    this.mostLagMs = Math.max(this.mostLagMs, this.clock.nowMs() - ms);
    try {
      return work();
    } finally {
      this.eventMs = outer;
    }
  }

  atHost<Result>(hostMs: number, work: () => Result): Result {
    return this.at(this.clock.fromHostMs(hostMs), work);
  }
}

/** By the board's clock where it is emulated, else by the clock of this process, which is that of a real one. */
export function nowBy(time: BoardClock | undefined): number {
  return time?.nowMs ?? performance.now();
}
