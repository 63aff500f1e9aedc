// Looks again for a sensor that was not there. One that the settings name is looked for each time. With `sensor: auto`
// nobody says that there is one, and other programs may be using what else has an address from 0x40 to 0x4F: then
// addresses are tried again only once there is a bus, or a monitor of the kernel, that was not there before.

import { findHwmonMonitors } from './hwmon-sensor.js';
import { openPowerSensor, type PowerOptions } from './open-sensor.js';
import type { PowerBoard } from './power-board.js';
import type { PowerSensor } from './power-sensor.js';
import type { SensorSettings } from './settings.js';

/** Whether one may come that is worth waiting for. */
export function isAwaited({ type }: SensorSettings, found: PowerSensor | null): boolean {
  if (type === 'none' || type === 'simulated' || found?.source === 'measured') return false;
  return type !== 'auto' || found !== null;
}

/** @returns what looks for it once, and gives one that measures, or null */
export async function sensorSeeker(
  settings: SensorSettings,
  options: PowerOptions,
): Promise<() => Promise<PowerSensor | null>> {
  let seen = await placesOf(options.board);
  return async () => {
    if (settings.type === 'auto') {
      const places = await placesOf(options.board);
      if (places === seen) return null;
      seen = places;
    }
    const { sensor } = await openPowerSensor(settings, options);
    return sensor?.source === 'measured' ? sensor : null;
  };
}

async function placesOf(board: PowerBoard): Promise<string> {
  const monitors = await findHwmonMonitors(board.hwmonFolder);
  return JSON.stringify([await board.listBuses(), monitors.map(({ folder, name }) => [folder, name])]);
}
