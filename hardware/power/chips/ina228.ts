// INA228 (Texas Instruments SLYS021): 20 bits, up to 85 V, an external shunt. Its results are longer than a word, and it
// counts energy by itself.

import { type Chip, type ChipKind, type ChipSettings, calibration, fromVoltages, MANUFACTURER } from '../chip.js';
import { type Registers, signed } from '../registers.js';

const CONFIGURATION = 0x00;
const ADC_CONFIGURATION = 0x01;
const SHUNT_CALIBRATION = 0x02;
const SHUNT = 0x04; // 24 bits, of which 20 count: 312.5 nV, or 78.125 nV in the narrow range
const BUS = 0x05; // 24 bits, of which 20 count: 195.3125 uV
const CURRENT = 0x07; // 24 bits, of which 20 count
const POWER = 0x08; // 24 bits: 3.2 current LSB
const ENERGY = 0x09; // 40 bits: 51.2 current LSB
const DIAGNOSTICS = 0x0b;
const MANUFACTURER_ID = 0x3e;
const DEVICE_ID = 0x3f; // revision in bits 3 to 0

const RESET_ACCUMULATORS = 1 << 14;
const NARROW_RANGE = 1 << 4;
/** Flags stay until they are read, so that no conversion is taken for a new one twice. */
const LATCH = 1 << 15;
const MATHS_OVERFLOW = 1 << 9;
const CONVERSION_READY = 1 << 1;
/** Says that its memory is as it left the factory. */
const MEMORY_OK = 1;

const WIDE_V = 0.16384;
const NARROW_V = 0.04096;
const AVERAGES = [1, 4, 16, 64, 128, 256, 512, 1024];
const SHUNT_AND_BUS_CONTINUOUS = 0xb << 12;
const TIMES_1052_US = (5 << 9) | (5 << 6);

export const ina228: ChipKind = {
  type: 'ina228',
  lastAddress: 0x4f,
  usualShuntOhms: 0.015,
  fullScaleVolts: WIDE_V,
  averages: AVERAGES,
  conversionMs: 2 * 1.1,
  isAt: async (registers) => {
    if ((await registers.read(MANUFACTURER_ID)) !== MANUFACTURER) return 'no';
    return (await registers.read(DEVICE_ID)) >> 4 === 0x228 ? 'sure' : 'no';
  },
  open,
};

function open(registers: Registers, { shuntOhms, maxAmps, averaging }: ChipSettings): Chip {
  const isNarrow = maxAmps * shuntOhms <= NARROW_V + 1e-9;
  /** SHUNT_CAL x current LSB, with which the data sheet's equation 2 begins. */
  const factor = 13107.2e6 * shuntOhms * (isNarrow ? 4 : 1);
  const written = calibration(factor * (maxAmps / 2 ** 19), 0x7fff);
  const currentLsb = written / factor;
  const shuntLsb = isNarrow ? 78.125e-9 : 312.5e-9;
  const range = isNarrow ? NARROW_RANGE : 0;
  const adcConfiguration = SHUNT_AND_BUS_CONTINUOUS | TIMES_1052_US | AVERAGES.indexOf(averaging);
  const twenty = async (register: number) => (await registers.readLong(register, 3)) >> 4;
  return {
    setup: [
      [SHUNT_CALIBRATION, written],
      [DIAGNOSTICS, LATCH | MEMORY_OK],
      [CONFIGURATION, RESET_ACCUMULATORS | range],
      [ADC_CONFIGURATION, adcConfiguration],
    ],
    // The calibration alone would not do: it is 0x1000 after a reset, and may be that as wanted.
    witnesses: [
      [SHUNT_CALIBRATION, 0x7fff, written],
      [ADC_CONFIGURATION, 0xffff, adcConfiguration],
      [CONFIGURATION, NARROW_RANGE, range],
    ],
    railAmps: (isNarrow ? NARROW_V : WIDE_V) / shuntOhms,
    sample: async () => {
      const flags = await registers.read(DIAGNOSTICS);
      if ((flags & CONVERSION_READY) === 0) return null;
      const volts = Math.max(0, signed(await twenty(BUS), 20)) * 195.3125e-6;
      const countedJoules = (await registers.readLong(ENERGY, 5)) * 51.2 * currentLsb;
      if ((flags & MATHS_OVERFLOW) !== 0)
        return fromVoltages(volts, signed(await twenty(SHUNT), 20) * shuntLsb, shuntOhms);
      const amps = signed(await twenty(CURRENT), 20) * currentLsb;
      return { volts, amps, watts: (await registers.readLong(POWER, 3)) * 3.2 * currentLsb, countedJoules };
    },
  };
}
