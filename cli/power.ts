// The power sensor of a board, for its agent: as the settings say, and the log tells what kept a better one away. That one
// is looked for again now and then.

import { awaitedSensor } from '../hardware/power/awaited-sensor.js';
import { openPowerSensor } from '../hardware/power/open-sensor.js';
import { type PowerBoard, thisBoard } from '../hardware/power/power-board.js';
import type { PowerSensor } from '../hardware/power/power-sensor.js';
import { isAwaited, sensorSeeker } from '../hardware/power/seek-sensor.js';
import { DEFAULT_SAMPLE_HZ, type PowerModelSettings, type SensorSettings } from '../hardware/power/settings.js';
import type { Logger } from './logger.js';

export interface PowerChoice {
  readonly sensor?: SensorSettings | undefined;
  readonly sampleHz?: number | undefined;
  readonly model?: PowerModelSettings | undefined;
}

/**
 * Processes that share a board, those of `ringtmp up`, would each count the whole of it: they have none.
 * @throws ConfigurationError when the settings are impossible
 */
export async function openPower(
  choice: PowerChoice,
  log: Logger,
  board: PowerBoard = thisBoard(),
): Promise<PowerSensor | undefined> {
  if (process.send !== undefined) return undefined;
  const { sensor: settings = { type: 'auto' }, sampleHz = DEFAULT_SAMPLE_HZ, model } = choice;
  const options = { board, sampleHz, model };
  const { sensor, problems } = await openPowerSensor(settings, options);
  // On a bus of a board that measures, others may well be out of reach.
  const level = sensor?.source === 'measured' ? 'debug' : 'warn';
  for (const problem of problems) log[level](problem, 'no power sensor here');
  log.info({ sensor: sensor?.name ?? null }, sensor ? 'power' : 'power is neither measured nor modelled');
  if (!isAwaited(settings, sensor)) return sensor ?? undefined;
  const seek = await sensorSeeker(settings, options);
  return awaitedSensor({ what: settings.type, standIn: sensor, seek, nowMs: board.nowMs });
}
