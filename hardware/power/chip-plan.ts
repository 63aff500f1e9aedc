// From the settings of a chip to what is written into it: which shunt, which current, how long an average.

import { ConfigurationError } from '../../errors.js';
import type { ChipKind, ChipSettings } from './chip.js';
import { READING_TIMEOUT_MS } from './power-sensor.js';
import type { ChipSensor } from './settings.js';

/** An average has to be over when the next sample is due, though the chip's clock may be slow. */
const SHARE_OF_PERIOD = 0.8;

/** @throws ConfigurationError when the chip cannot tell so much current over that shunt, or averages too long */
export function planChip(kind: ChipKind, settings: ChipSensor, sampleHz: number): ChipSettings {
  const told: { shuntOhms?: number | undefined; maxAmps?: number | undefined } =
    settings.type === 'ina260' ? {} : settings;
  const shuntOhms = kind.usualShuntOhms === null ? BUILT_IN_OHMS : (told.shuntOhms ?? kind.usualShuntOhms);
  const mostAmps = kind.fullScaleVolts / shuntOhms;
  const maxAmps = kind.usualShuntOhms === null ? mostAmps : (told.maxAmps ?? mostAmps);
  if (maxAmps > mostAmps * (1 + 1e-9)) throw tooMuch(kind, shuntOhms, maxAmps, mostAmps);
  const averaging = averagingOf(kind, settings.averaging, 1000 / sampleHz);
  return { shuntOhms, maxAmps, averaging, channel: 'channel' in settings ? settings.channel : 1 };
}

/** Of the INA260. */
const BUILT_IN_OHMS = 0.002;

function averagingOf(kind: ChipKind, wanted: number | undefined, periodMs: number): number {
  const { averages, conversionMs } = kind;
  const upTo = (most: number) => averages.findLast((each) => each <= most) ?? (averages[0] as number);
  const averaging = upTo(wanted ?? (SHARE_OF_PERIOD * periodMs) / conversionMs);
  if (averaging * conversionMs <= READING_TIMEOUT_MS) return averaging;
  throw tooLong(kind, averaging, upTo(READING_TIMEOUT_MS / conversionMs));
}

function tooLong({ type, conversionMs }: ChipKind, averaging: number, most: number) {
  const takesMs = Math.round(averaging * conversionMs);
  const expected = `a reading is waited for at most ${READING_TIMEOUT_MS} ms`;
  return new ConfigurationError(`sensor: averaging ${averaging} takes an ${type} up to ${takesMs} ms; ${expected}`, {
    remedy: `Set \`averaging\` to ${most} or less, or leave it out.`,
  });
}

function tooMuch({ type, fullScaleVolts }: ChipKind, shuntOhms: number, maxAmps: number, mostAmps: number) {
  const range = `${1000 * fullScaleVolts} mV`;
  return new ConfigurationError(
    `sensor: ${maxAmps} A over ${shuntOhms} ohm are more than the ${range} that an ${type} can tell`,
    {
      remedy: `Set \`maxAmps\` to ${mostAmps.toPrecision(3)} or less, or use a smaller shunt and tell its \`shuntOhms\`.`,
    },
  );
}
