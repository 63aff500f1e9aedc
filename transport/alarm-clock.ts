// A clock that all processes of a computer share, and alarms that ring within half a millisecond of their time on
// average neither early nor late: `setTimeout` counts whole milliseconds, so the nearest one is taken.

export interface AlarmClock {
  /** Of this process; it only goes forward. */
  nowMs(): number;
  /** From that to the computer's own clock, and back. */
  toHostMs(ms: number): number;
  fromHostMs(hostMs: number): number;
  /** Whether it is so late, as well as an alarm can tell. */
  isTime(ms: number): boolean;
  /** @returns what cancels it */
  at(ms: number, ring: () => void): () => void;
}

/** No timer rings between now and a millisecond from now. */
const HALF_TICK_MS = 0.5;
/** How late `setTimeout` is at best. */
const TIMER_MS = 0.1;

/** CLOCK_MONOTONIC, since the computer was started: `performance.now` is the same clock from another beginning. */
const HOST_OFFSET_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export const SYSTEM_CLOCK: AlarmClock = {
  nowMs: () => performance.now(),
  toHostMs: (ms) => ms + HOST_OFFSET_MS,
  fromHostMs: (hostMs) => hostMs - HOST_OFFSET_MS,
  isTime: (ms) => ms - performance.now() < HALF_TICK_MS,
  at: (ms, ring) => {
    const delayMs = Math.max(1, Math.round(ms - performance.now() - TIMER_MS));
    const timer = setTimeout(ring, delayMs);
    return () => clearTimeout(timer);
  },
};
