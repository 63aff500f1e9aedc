// What the search for a power sensor needs of the board it runs on, so that a test can be another one.

import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { boardModel } from '../board.js';
import { HWMON_FOLDER } from './hwmon-sensor.js';
import { i2cBusOpener } from './i2c-bus.js';
import type { OpenI2cPort } from './i2c-port.js';

export interface PowerBoard {
  /** As the device tree names it. */
  readonly model: string;
  readonly openI2c: OpenI2cPort;
  /** Numbers of the I2C buses, ascending. */
  listBuses(): Promise<number[]>;
  readonly hwmonFolder: string;
  /** That this process has used so far, of all cores. */
  cpuSeconds(): number;
  nowMs(): number;
  wait(ms: number): Promise<void>;
}

const DEVICES = '/dev';

export function thisBoard(): PowerBoard {
  return {
    model: boardModel(),
    openI2c: i2cBusOpener(),
    listBuses: () => busesIn(DEVICES),
    hwmonFolder: HWMON_FOLDER,
    cpuSeconds: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
    nowMs: () => performance.now(),
    wait: (ms) => sleep(ms),
  };
}

/** N of each `i2c-N`. */
export async function busesIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .flatMap((name) => /^i2c-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
