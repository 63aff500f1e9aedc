// INA226 (Texas Instruments SBOS547): 16 bits, up to 36 V, an external shunt.

import { type Chip, type ChipKind, type ChipSettings, calibration, fromVoltages, hasIds } from '../chip.js';
import { type Registers, signed } from '../registers.js';
import { AVERAGES, CONVERSION_MS, configurationOf, hasOverflown, isReady, MASK, SETTABLE } from './ina2xx.js';

const CONFIGURATION = 0x00;
const SHUNT = 0x01; // 2.5 uV
const BUS = 0x02; // 1.25 mV
const POWER = 0x03; // 25 current LSB
const CURRENT = 0x04;
const CALIBRATION = 0x05; // 15 bits

const FULL_SCALE_V = 0.08192;

export const ina226: ChipKind = {
  type: 'ina226',
  lastAddress: 0x4f,
  usualShuntOhms: 0.1,
  fullScaleVolts: FULL_SCALE_V,
  averages: AVERAGES,
  conversionMs: CONVERSION_MS,
  isAt: (registers) => hasIds(registers, (die) => die >> 4 === 0x226),
  open,
};

function open(registers: Registers, { shuntOhms, maxAmps, averaging }: ChipSettings): Chip {
  const written = calibration(0.00512 / ((maxAmps / 2 ** 15) * shuntOhms), 0x7fff);
  const configuration = configurationOf(0x4000, averaging);
  const currentLsb = 0.00512 / (written * shuntOhms);
  return {
    setup: [
      [CALIBRATION, written],
      [CONFIGURATION, configuration],
    ],
    witnesses: [
      [CALIBRATION, 0x7fff, written],
      [CONFIGURATION, SETTABLE, configuration & SETTABLE],
    ],
    railAmps: FULL_SCALE_V / shuntOhms,
    sample: async () => {
      const mask = await registers.read(MASK); // which clears CVRF
      if (!isReady(mask)) return null;
      const volts = (await registers.read(BUS)) * 0.00125;
      if (hasOverflown(mask)) return fromVoltages(volts, signed(await registers.read(SHUNT), 16) * 2.5e-6, shuntOhms);
      const amps = signed(await registers.read(CURRENT), 16) * currentLsb;
      return { volts, amps, watts: (await registers.read(POWER)) * 25 * currentLsb };
    },
  };
}
