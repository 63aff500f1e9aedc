// The I2C buses and who answers on them, and what the board's power is at this moment.

import type { ErrorReport } from '../../../errors.js';
import type { PowerSensor } from '../../../hardware/power/power-sensor.js';
import type { FoundChip, PowerSurvey, SurveyedBus } from '../../../hardware/power/survey.js';
import { type Check, type Finding, ok, warning } from '../finding.js';

export interface PowerCheckOptions {
  readonly survey: () => Promise<PowerSurvey>;
  readonly open: () => Promise<{ readonly sensor: PowerSensor | null; readonly problems: readonly ErrorReport[] }>;
  /** Whether the settings name a sensor: then the model is no substitute. */
  readonly isNamed: boolean;
}

const LIMIT_MS = 15_000;
const WIRE_ONE = 'Wire an INA219, INA226, INA228, INA260 or INA3221 to its I2C pins; docs/hardware.md says how.';

export function i2cCheck({ survey }: Pick<PowerCheckOptions, 'survey'>): Check {
  return { name: 'i2c', limitMs: LIMIT_MS, run: async () => surveyed(await survey()) };
}

export function powerCheck({ open, isNamed }: Pick<PowerCheckOptions, 'open' | 'isNamed'>): Check {
  return {
    name: 'power',
    limitMs: LIMIT_MS,
    run: async () => {
      const { sensor, problems } = await open();
      if (sensor === null) return [without('nothing measures or models it', problems, isNamed)];
      try {
        return [await reading(sensor, problems, isNamed)];
      } finally {
        await sensor.close();
      }
    },
  };
}

function surveyed({ buses, hwmon }: PowerSurvey): readonly Finding[] {
  const monitors = hwmon.map(({ name, device }) =>
    ok('i2c', `${name}${device === null ? '' : ` (${device})`}, by the kernel's driver`),
  );
  if (buses.length > 0) return [...buses.flatMap(ofBus), ...monitors];
  const remedy =
    'Switch it on: `sudo raspi-config nonint do_i2c 0`, or dtparam=i2c_arm=on in /boot/firmware/config.txt.';
  return [warning('i2c', 'there is no I2C bus', remedy), ...monitors];
}

/** What can be read in one line, and one for each that cannot. */
function ofBus({ bus, chips, problem }: SurveyedBus): readonly Finding[] {
  const figures = { bus, chips };
  const faults = [problem, ...chips.map((chip) => chip.problem)].filter((each) => each !== null);
  const warnings = faults.map(({ message, remedy }) => warning('i2c', message, remedy ?? WIRE_ONE, figures));
  const readable = chips.filter((chip) => chip.problem === null);
  if (faults.length > 0 && readable.length === 0) return warnings;
  const there = readable.length === 0 ? 'nobody from 0x40 to 0x4F' : readable.map(nameOf).join(', ');
  return [ok('i2c', `i2c-${bus}: ${there}`, figures), ...warnings];
}

function nameOf({ address, type, isSure }: FoundChip): string {
  const what = type === null ? 'somebody who is no known power sensor' : `${isSure ? '' : 'perhaps '}${type}`;
  return `${what} at 0x${address.toString(16)}`;
}

async function reading(sensor: PowerSensor, problems: readonly ErrorReport[], isNamed: boolean): Promise<Finding> {
  const { volts, amps, watts } = await sensor.read();
  const figures = { sensor: sensor.name, source: sensor.source, volts, amps, watts };
  const detail = volts === null || amps === null ? '' : ` (${volts.toFixed(2)} V, ${amps.toFixed(3)} A)`;
  const message = `${watts.toFixed(2)} W${detail}, ${sensor.source}: ${sensor.name}`;
  if (sensor.source === 'modelled') return { ...without(message, problems, isNamed), figures };
  return ok('power', message, figures);
}

function without(message: string, [fault]: readonly ErrorReport[], isNamed: boolean): Finding {
  const told = fault === undefined ? message : `${message}; ${fault.message}`;
  const finding = warning('power', told, fault?.remedy ?? WIRE_ONE);
  return isNamed && fault !== undefined ? { ...finding, level: 'problem' } : finding;
}
