// INA3221 (Texas Instruments SBOS576): three channels of 13 bits, up to 26 V, external shunts. It multiplies nothing.

import { type Chip, type ChipKind, type ChipSettings, fromVoltages, hasIds } from '../chip.js';
import { type Registers, signed } from '../registers.js';
import { AVERAGES, CONVERSION_MS, configurationOf } from './ina2xx.js';

const CONFIGURATION = 0x00;
/** Reading it clears CVRF. */
const MASK = 0x0f;
const CONVERSION_READY = 1;

const ALL_BUT_RESET = 0x7fff;
const FULL_SCALE_V = 4095 * 40e-6;

export const ina3221: ChipKind = {
  type: 'ina3221',
  lastAddress: 0x43,
  usualShuntOhms: 0.1,
  fullScaleVolts: FULL_SCALE_V,
  averages: AVERAGES,
  conversionMs: CONVERSION_MS,
  isAt: (registers) => hasIds(registers, (die) => die === 0x3220),
  open,
};

function open(registers: Registers, { shuntOhms, averaging, channel }: ChipSettings): Chip {
  const shunt = 2 * channel - 1; // 01, 03, 05: 40 uV in bits 15 to 3
  const bus = 2 * channel; // 02, 04, 06: 8 mV in bits 15 to 3
  // The other channels rest, so that this one is converted more often.
  const configuration = configurationOf(1 << (15 - channel), averaging);
  return {
    setup: [[CONFIGURATION, configuration]],
    witnesses: [[CONFIGURATION, ALL_BUT_RESET, configuration]],
    railAmps: FULL_SCALE_V / shuntOhms,
    sample: async () => {
      if (((await registers.read(MASK)) & CONVERSION_READY) === 0) return null;
      const volts = Math.max(0, signed(await registers.read(bus), 16) >> 3) * 0.008;
      const shuntVolts = (signed(await registers.read(shunt), 16) >> 3) * 40e-6;
      return fromVoltages(volts, shuntVolts, shuntOhms);
    },
  };
}
