// The twin of a power sensor, for machines without one: it tells what it is told to.

import type { PowerSensor } from './power-sensor.js';

/** A Raspberry Pi's supply. */
const VOLTS = 5.1;

export function simulatedSensor(wattsAt: (atMs: number) => number, nowMs: () => number): PowerSensor {
  return {
    name: 'simulated',
    source: 'simulated',
    read: async () => {
      const atMs = nowMs();
      const watts = wattsAt(atMs);
      return { atMs, volts: VOLTS, amps: watts / VOLTS, watts, countedJoules: null };
    },
    close: async () => {},
  };
}
