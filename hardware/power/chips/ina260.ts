// INA260 (Texas Instruments SBOS656): as the INA226, with a shunt of 2 milliohms within and nothing to calibrate.

import { type Chip, type ChipKind, type ChipSettings, hasIds } from '../chip.js';
import { type Registers, signed } from '../registers.js';
import { AVERAGES, CONVERSION_MS, configurationOf, hasOverflown, isReady, MASK, SETTABLE } from './ina2xx.js';

const CONFIGURATION = 0x00;
const CURRENT = 0x01; // 1.25 mA
const BUS = 0x02; // 1.25 mV
const POWER = 0x03; // 10 mW

const SHUNT_OHMS = 0.002;
const RAIL_A = 2 ** 15 * 0.00125;

export const ina260: ChipKind = {
  type: 'ina260',
  lastAddress: 0x4f,
  usualShuntOhms: null,
  fullScaleVolts: RAIL_A * SHUNT_OHMS,
  averages: AVERAGES,
  conversionMs: CONVERSION_MS,
  isAt: (registers) => hasIds(registers, (die) => die >> 4 === 0x227),
  open,
};

function open(registers: Registers, { averaging }: ChipSettings): Chip {
  const configuration = configurationOf(0x6000, averaging);
  return {
    setup: [[CONFIGURATION, configuration]],
    witnesses: [[CONFIGURATION, SETTABLE, configuration & SETTABLE]],
    railAmps: RAIL_A,
    sample: async () => {
      const mask = await registers.read(MASK); // which clears CVRF
      if (!isReady(mask)) return null;
      const volts = (await registers.read(BUS)) * 0.00125;
      const amps = signed(await registers.read(CURRENT), 16) * 0.00125;
      if (hasOverflown(mask)) return { volts, amps, watts: volts * Math.abs(amps) };
      return { volts, amps, watts: (await registers.read(POWER)) * 0.01 };
    },
  };
}
