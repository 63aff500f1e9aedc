// From the settings of a chip to what is written into it: which shunt, which current, how long an average.

import { ConfigurationError } from '../../errors.js';
import type { ChipKind, ChipSettings } from './chip.js';
import type { ChipSensor } from './settings.js';

/** An average has to be over when the next sample is due, though the chip's clock may be slow. */
const SHARE_OF_PERIOD = 0.8;

/** @throws ConfigurationError when the chip cannot tell so much current over that shunt */
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

function averagingOf({ averages, conversionMs }: ChipKind, wanted: number | undefined, periodMs: number): number {
  const most = wanted ?? (SHARE_OF_PERIOD * periodMs) / conversionMs;
  return averages.findLast((each) => each <= most) ?? (averages[0] as number);
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
