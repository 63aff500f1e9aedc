// A clock that the test turns: alarms ring when their time has come.

import type { AlarmClock } from '../../transport/alarm-clock.js';

export interface TurnedClock extends AlarmClock {
  /** Rings what is due on the way, in order. */
  turnTo(ms: number): void;
}

/** @param hostOffsetMs of the computer's own clock */
export function turnedClock(hostOffsetMs = 0): TurnedClock {
  let nowMs = 0;
  let alarms: { readonly ms: number; readonly ring: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    toHostMs: (ms) => ms + hostOffsetMs,
    fromHostMs: (ms) => ms - hostOffsetMs,
    isTime: (ms) => ms <= nowMs,
    at: (ms, ring) => {
      const alarm = { ms, ring };
      alarms.push(alarm);
      return () => {
        alarms = alarms.filter((each) => each !== alarm);
      };
    },
    turnTo: (endMs) => {
      const next = () => alarms.filter(({ ms }) => ms <= endMs).sort((a, b) => a.ms - b.ms)[0];
      for (let alarm = next(); alarm; alarm = next()) {
        alarms = alarms.filter((each) => each !== alarm);
        nowMs = Math.max(nowMs, alarm.ms);
        alarm.ring();
      }
      nowMs = Math.max(nowMs, endMs);
    },
  };
}
