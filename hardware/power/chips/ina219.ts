// INA219 (Texas Instruments SBOS448): 12 bits, up to 26 V, an external shunt. It has no id registers.

import { type Chip, type ChipKind, type ChipSettings, calibration, fromVoltages, type Likeness } from '../chip.js';
import { type Registers, signed } from '../registers.js';

const CONFIGURATION = 0x00;
const SHUNT = 0x01; // 10 uV
const BUS = 0x02; // 4 mV in bits 15 to 3, CNVR in bit 1, OVF in bit 0
const POWER = 0x03; // 20 current LSB
const CURRENT = 0x04;
const CALIBRATION = 0x05; // bit 0 is always 0

const RESET_VALUE = 0x399f;
const CONVERSION_READY = 0b10;
const OVERFLOW = 0b01;
/** Table 5: code 0x8 | k averages 2^k conversions of 12 bits. */
const AVERAGES = [1, 2, 4, 8, 16, 32, 64, 128];
/** Of the gain's codes 0 to 3, table 4. */
const RANGES_V = [0.04, 0.08, 0.16, 0.32];
const BUS_RANGE_32_V = 1 << 13;
const CONTINUOUS = 0b111;
/** Bit 14 is unused, too. */
const ALL_BUT_RESET = 0x3fff;

export const ina219: ChipKind = {
  type: 'ina219',
  lastAddress: 0x4f,
  usualShuntOhms: 0.1,
  fullScaleVolts: 0.32,
  averages: AVERAGES,
  conversionMs: 2 * 0.586, // shunt, then bus
  isAt,
  open,
};

/**
 * Only a chip that is as it wakes, or as `open` leaves it, surely is one: many other chips have an address from 0x40 to
 * 0x4F, and some, such as the PCA9685, drive motors. One that other software has set up is likely.
 */
async function isAt(registers: Registers): Promise<Likeness> {
  const configuration = await registers.read(CONFIGURATION);
  const hasUnusedBits = configuration >> 14 !== 0 || ((await registers.read(BUS)) & 0b100) !== 0;
  if (hasUnusedBits || ((await registers.read(CALIBRATION)) & 1) !== 0) return 'no';
  return configuration === RESET_VALUE || isOwn(configuration) ? 'sure' : 'likely';
}

function isOwn(configuration: number): boolean {
  return AVERAGES.some((averaging) => RANGES_V.some((_, gain) => configurationOf(gain, averaging) === configuration));
}

function configurationOf(gain: number, averaging: number): number {
  const adc = averaging === 1 ? 0b0011 : 0b1000 | Math.log2(averaging);
  return BUS_RANGE_32_V | (gain << 11) | (adc << 7) | (adc << 3) | CONTINUOUS;
}

function open(registers: Registers, { shuntOhms, maxAmps, averaging }: ChipSettings): Chip {
  const gain = RANGES_V.findIndex((volts) => volts >= maxAmps * shuntOhms - 1e-9);
  const written = calibration(0.04096 / ((maxAmps / 2 ** 15) * shuntOhms), 0xfffe, 2);
  const configuration = configurationOf(gain, averaging);
  const currentLsb = 0.04096 / (written * shuntOhms);
  return {
    // The configuration last: writing it begins a conversion, which then has the calibration.
    setup: [
      [CALIBRATION, written],
      [CONFIGURATION, configuration],
    ],
    witnesses: [
      [CALIBRATION, 0xfffe, written],
      [CONFIGURATION, ALL_BUT_RESET, configuration],
    ],
    railAmps: (RANGES_V[gain] as number) / shuntOhms,
    sample: async () => {
      const bus = await registers.read(BUS);
      if ((bus & CONVERSION_READY) === 0) return null;
      const volts = (bus >> 3) * 0.004;
      const amps = signed(await registers.read(CURRENT), 16) * currentLsb;
      const watts = (await registers.read(POWER)) * 20 * currentLsb; // which clears CNVR
      if ((bus & OVERFLOW) !== 0) return fromVoltages(volts, signed(await registers.read(SHUNT), 16) * 1e-5, shuntOhms);
      return { volts, amps, watts: amps < 0 ? volts * -amps : watts };
    },
  };
}
