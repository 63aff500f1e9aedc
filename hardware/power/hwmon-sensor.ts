// A chip that a driver of the kernel owns, through the driver's files (Documentation/hwmon/sysfs-interface.rst): millivolts,
// milliamperes and microwatts.

import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HardwareError } from '../../errors.js';
import type { PowerSensor } from './power-sensor.js';

export const HWMON_FOLDER = '/sys/class/hwmon';

/** One that tells watts, or volts and amperes. */
export interface HwmonMonitor {
  /** `/sys/class/hwmon/hwmon2` */
  readonly folder: string;
  /** `ina219` */
  readonly name: string;
  /** As the kernel calls it: `1-0040` is address 0x40 of I2C bus 1. */
  readonly device: string | null;
}

/** What belongs to a board's own power; others, such as a disk's or a graphics card's, do not. */
const POWER_MONITORS = /^(ina\d+|sy24655|sq52206)$/;

/** Those that may be a board's power monitor; with a name, those of that name. */
export async function findHwmonMonitors(folder: string, name?: string): Promise<HwmonMonitor[]> {
  const entries = (await readdir(folder).catch(() => [])).sort(byNumber);
  const all = await Promise.all(entries.map((entry) => describe(join(folder, entry))));
  return all.filter((each) => (name === undefined ? POWER_MONITORS.test(each.name) : each.name === name));
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

async function describe(folder: string): Promise<HwmonMonitor> {
  const name = await readFile(join(folder, 'name'), 'utf8').catch(() => '');
  const device = await readlink(join(folder, 'device')).catch(() => null);
  return { folder, name: name.trim(), device: device && basename(device) };
}

/** @param channel of a chip with several, from 1 */
export function hwmonSensor(monitor: HwmonMonitor, channel: number, nowMs: () => number): PowerSensor {
  const { folder, name, device } = monitor;
  const figure = (kind: string) => readFigure(join(folder, `${kind}${channel}_input`));
  return {
    name: `${name} by hwmon${device === null ? '' : ` (${device})`}${channel === 1 ? '' : `, channel ${channel}`}`,
    source: 'measured',
    read: async () => {
      const [millivolts, milliamps, microwatts] = await Promise.all([figure('in'), figure('curr'), figure('power')]);
      const volts = millivolts === null ? null : millivolts / 1000;
      const amps = milliamps === null ? null : milliamps / 1000;
      const watts = microwatts === null ? product(volts, amps) : microwatts / 1e6;
      if (watts === null) throw noPower(monitor, channel);
      return { atMs: nowMs(), volts, amps, watts: Math.abs(watts), countedJoules: null };
    },
    close: async () => {},
  };
}

function product(volts: number | null, amps: number | null): number | null {
  return volts === null || amps === null ? null : volts * amps;
}

function noPower({ folder, name }: HwmonMonitor, channel: number): HardwareError {
  const files = `neither power${channel}_input nor in${channel}_input and curr${channel}_input`;
  return new HardwareError(`${folder} (${name}) has ${files} that can be read`, {
    remedy:
      'Name another channel or monitor (`sensor: { type: hwmon, name: ..., channel: ... }`), or use `sensor: auto`.',
  });
}

/** Null where the driver has no such file, or cannot read the chip just now. */
async function readFigure(path: string): Promise<number | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? null : value;
}
