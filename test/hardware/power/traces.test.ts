// Register traces of the data sheets' own examples, worked out by hand: what is written when a chip is set up, what is
// read for a sample, and what figures that makes.

import { expect } from 'chai';
import type { Chip, ChipSettings } from '../../../hardware/power/chip.js';
import { chipKind } from '../../../hardware/power/chips/chips.js';
import { registersOf } from '../../../hardware/power/registers.js';
import type { ChipType } from '../../../hardware/power/settings.js';
import { type FakeBus, fakeBus } from '../../support/power/fake-bus.js';

const ADDRESS = 0x40;

interface Example {
  readonly type: ChipType;
  readonly settings: Partial<ChipSettings>;
  /** What the chip holds. */
  readonly registers: Readonly<Record<number, number>>;
  readonly lengths?: Readonly<Record<number, number>>;
  readonly writes: readonly (readonly [register: number, value: number])[];
  readonly reads: readonly number[];
  readonly sample: { volts: number; amps: number; watts: number; countedJoules?: number };
}

/*
 * The supply of all examples but the INA228's is 11.98 V at the load, which takes 10 A: 20 mV over a shunt of 2 milliohms.
 * A current LSB of 1 mA is 32.768 A / 2^15, which needs a shunt range of 65.5 mV.
 */
const TEN_AMPS = { shuntOhms: 0.002, maxAmps: 32.768, averaging: 1, channel: 1 };

/**
 * An INA228 in its narrow range, after an hour of 12 V and 1.5 A over 16.2 milliohms. Shunt 24.3 mV / 78.125 nV = 311040 =
 * 0x4BF00, bus 12 V / 195.3125 uV = 61440 = 0xF000, current 1.5 A x 2^19 / 2 A = 393216 = 0x60000, all in bits 23 to 4.
 * Power 18 W / (3.2 x 2 A / 2^19) = 1474560; energy 64800 J / (51.2 x 2 A / 2^19) = 331776000.
 */
const NARROW = { 4: 0x4bf000, 5: 0x0f0000, 7: 0x600000, 8: 1_474_560, 9: 331_776_000, 11: 0x8003 };

const EXAMPLES: readonly Example[] = [
  {
    type: 'ina219',
    settings: TEN_AMPS,
    // SBOS448, table 8. Shunt 20 mV / 10 uV = 2000 = 0x07D0. Bus 11.98 V / 4 mV = 2995, in bits 15 to 3: 0x5D98, with
    // CNVR 0x5D9A. Current 2000 x 20480 / 4096 = 10000 = 0x2710. Power 10000 x 2995 / 5000 = 5990 = 0x1766.
    registers: { 1: 0x07d0, 2: 0x5d9a, 3: 0x1766, 4: 0x2710 },
    // Calibration 0.04096 / (1 mA x 2 milliohms) = 20480 = 0x5000. Configuration: 32 V (1 << 13), 80 mV (gain 01), 12 bits
    // without averaging (0011) twice, continuous (111): 0010 1001 1001 1111.
    writes: [
      [5, 0x5000],
      [0, 0x299f],
    ],
    reads: [2, 4, 3],
    sample: { volts: 11.98, amps: 10, watts: 119.8 }, // 5990 x 20 mW
  },
  {
    type: 'ina219',
    settings: { ...TEN_AMPS, shuntOhms: 0.1, maxAmps: 3.2, averaging: 32 },
    // A module as it is sold: 0.5 A over 0.1 ohm are 50 mV = 5000 steps, 5.1 V are 1275. The LSB wanted, 3.2 A / 2^15 =
    // 97.65625 uA, makes 0.04096 / (97.65625e-6 x 0.1) = 4194.304, of which bit 0 is void: 4194 = 0x1062. So the LSB is
    // 0.04096 / (4194 x 0.1) = 97.6633 uA: 5000 x 4194 / 4096 = 5119.6, cut to 5119 = 0x13FF, and 0.499938 A. Power
    // 5119 x 1275 / 5000 = 1305.3, cut to 1305 = 0x0519, of 1.953266 mW: 2.549 W.
    registers: { 1: 5000, 2: (1275 << 3) | 2, 3: 0x0519, 4: 0x13ff },
    // 320 mV (11), 32 conversions (1101): 0011 1110 1110 1111.
    writes: [
      [5, 0x1062],
      [0, 0x3eef],
    ],
    reads: [2, 4, 3],
    sample: { volts: 5.1, amps: 0.499938, watts: 2.549012 },
  },
  {
    type: 'ina226',
    settings: TEN_AMPS,
    // SBOS547, table 5. Shunt 20 mV / 2.5 uV = 8000 = 0x1F40. Bus 11.98 V / 1.25 mV = 9584 = 0x2570. Current 8000 x 2560 / 2048
    // = 10000 = 0x2710. Power 10000 x 9584 / 20000 = 4792 = 0x12B8. CVRF is bit 3 of register 06.
    registers: { 1: 0x1f40, 2: 0x2570, 3: 0x12b8, 4: 0x2710, 6: 0x0008 },
    // Calibration 0.00512 / (1 mA x 2 milliohms) = 2560 = 0x0A00; the configuration is that of a reset.
    writes: [
      [5, 0x0a00],
      [0, 0x4127],
    ],
    reads: [6, 2, 4, 3],
    sample: { volts: 11.98, amps: 10, watts: 119.8 }, // 4792 x 25 mW
  },
  {
    type: 'ina260',
    settings: { ...TEN_AMPS, averaging: 16 },
    // SBOS656: 10 A / 1.25 mA = 8000 = 0x1F40, 11.98 V / 1.25 mV = 9584 = 0x2570, 119.8 W / 10 mW = 11980 = 0x2ECC.
    registers: { 1: 0x1f40, 2: 0x2570, 3: 0x2ecc, 6: 0x0008 },
    writes: [[0, 0x6527]], // the reset's 0x6127 with 16 conversions (010 in bits 11 to 9)
    reads: [6, 2, 1, 3],
    sample: { volts: 11.98, amps: 10, watts: 119.8 },
  },
  {
    type: 'ina3221',
    settings: { ...TEN_AMPS, channel: 2, averaging: 16 },
    // SBOS576: 20 mV / 40 uV = 500, in bits 15 to 3: 0x0FA0. 12 V / 8 mV = 1500, in bits 15 to 3: 0x2EE0.
    registers: { 3: 0x0fa0, 4: 0x2ee0, 15: 1 },
    writes: [[0, 0x2527]], // channel 2 alone (010), 16 conversions (010), 1.1 ms twice (100), continuous (111)
    reads: [0x0f, 4, 3],
    sample: { volts: 12, amps: 10, watts: 120 },
  },
  {
    type: 'ina228',
    settings: { ...TEN_AMPS, shuntOhms: 0.0162, maxAmps: 10 },
    // SLYS021, 8.2.2: 48 V, 6 A, 16.2 milliohms, 10 A expected, after an hour. Bus 48 V / 195.3125 uV = 245760 = 0x3C000,
    // in bits 23 to 4: 0x3C0000. Current 6 A x 2^19 / 10 A = 314572.8, cut to 314572 = 0x4CCCC. Power 4718604, LSB
    // 3.2 x 19.0735 uA = 61.03516 uW. Energy 1061683200, LSB 16 x that. CNVRF is bit 1 of register 0B.
    registers: { 5: 0x3c0000, 7: 0x4cccc0, 8: 4718604, 9: 1061683200, 11: 0x8003 },
    lengths: { 5: 3, 7: 3, 8: 3, 9: 5 },
    // Calibration 13107.2e6 x 10 / 2^19 x 0.0162 = 4050 = 0x0FD2; flags latched, memory sound; accumulators cleared and
    // the range of 163.84 mV, as 162 mV are expected; shunt and bus continuous (B), 1052 us (101) each.
    writes: [
      [2, 0x0fd2],
      [0x0b, 0x8001],
      [0, 0x4000],
      [1, 0xbb40],
    ],
    reads: [0x0b, 5, 9, 7, 8],
    sample: { volts: 48, amps: 6, watts: 288, countedJoules: 1_036_800 },
  },
  {
    type: 'ina228',
    settings: { ...TEN_AMPS, shuntOhms: 0.0162, maxAmps: 2, averaging: 64 },
    registers: NARROW,
    lengths: { 4: 3, 5: 3, 7: 3, 8: 3, 9: 5 },
    // 2 A over 16.2 milliohms are 32.4 mV: the range of 40.96 mV (ADCRANGE, bit 4), for which SLYS021, 8.1.2, has the
    // calibration four times: 4 x 13107.2e6 x 2 / 2^19 x 0.0162 = 3240 = 0x0CA8. 64 conversions (3).
    writes: [
      [2, 0x0ca8],
      [0x0b, 0x8001],
      [0, 0x4010],
      [1, 0xbb43],
    ],
    reads: [0x0b, 5, 9, 7, 8],
    sample: { volts: 12, amps: 1.5, watts: 18, countedJoules: 64_800 },
  },
  {
    type: 'ina228',
    settings: { ...TEN_AMPS, shuntOhms: 0.0162, maxAmps: 2, averaging: 64 },
    // The same with MATHOF (bit 9): the shunt's 24.3 mV are told in steps of 78.125 nV.
    registers: { ...NARROW, 7: 0, 8: 0, 11: 0x8203 },
    lengths: { 4: 3, 5: 3, 7: 3, 8: 3, 9: 5 },
    writes: [
      [2, 0x0ca8],
      [0x0b, 0x8001],
      [0, 0x4010],
      [1, 0xbb43],
    ],
    reads: [0x0b, 5, 9, 4],
    sample: { volts: 12, amps: 1.5, watts: 18 },
  },
];

function open({ type, settings, registers, lengths = {} }: Example): { chip: Chip; bus: FakeBus } {
  const bus = fakeBus({ [ADDRESS]: { lengths, read: (register) => registers[register] ?? 0, write: () => {} } });
  const port = {
    readWord: async (...[address, register]: [number, number]) => (await bus.open(1)).readWord(address, register),
    writeWord: async (...[address, register, word]: [number, number, number]) =>
      (await bus.open(1)).writeWord(address, register, word),
    readBlock: async (...[address, register, length]: [number, number, number]) =>
      (await bus.open(1)).readBlock(address, register, length),
    close: async () => {},
  };
  return { chip: chipKind(type).open(registersOf(port, 1, ADDRESS), settings as ChipSettings), bus };
}

describe('register traces', () => {
  for (const example of EXAMPLES) {
    const { type, settings, writes, reads, sample } = example;
    it(`of the ${type}, up to ${settings.maxAmps} A over ${settings.shuntOhms} ohm, are as its data sheet works them out`, async () => {
      const { chip, bus } = open(example);
      expect(chip.setup).to.deep.equal(writes);
      for (const [register, mask, value] of chip.witnesses) {
        const written = writes.find(([each]) => each === register)?.[1] as number;
        expect(written & mask, `register ${register}`).to.equal(value);
      }
      const found = await chip.sample();
      expect(bus.trace.map(([kind, register]) => [kind, register])).to.deep.equal(reads.map((each) => ['read', each]));
      for (const [figure, value] of Object.entries(sample)) {
        expect(found?.[figure as keyof typeof sample], figure).to.be.closeTo(value, value * 5e-6);
      }
    });
  }

  it('of the INA3221, negative, are those of its data sheet', async () => {
    const example = EXAMPLES.find(({ type }) => type === 'ina3221') as Example;
    // SBOS576: -80 mV are 80 mV / 40 uV = 2000, in bits 15 to 3, negated: 0xC180. Over 2 milliohms that is -40 A.
    const { chip } = open({ ...example, registers: { ...example.registers, 3: 0xc180 } });
    const { amps, watts } = (await chip.sample())!;
    expect(amps).to.be.closeTo(-40, 1e-9);
    expect(watts).to.be.closeTo(480, 1e-9);
  });

  it('of the INA226, negative, are two’s complement', async () => {
    const example = EXAMPLES.find(({ type }) => type === 'ina226') as Example;
    // -10 A: 0x10000 - 10000 = 0xD8F0; the power has no sign.
    const { chip } = open({ ...example, registers: { ...example.registers, 4: 0xd8f0 } });
    const { amps, watts } = (await chip.sample())!;
    expect(amps).to.be.closeTo(-10, 1e-9);
    expect(watts).to.be.closeTo(119.8, 1e-9);
  });
});
