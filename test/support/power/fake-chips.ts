// Made-up chips: they convert a scene, volts and amperes, into registers by the equations of their data sheets, the other
// way round than the drivers. Each can be put to sleep, starved of power and driven beyond its range.

import type { ChipType } from '../../../hardware/power/settings.js';
import type { FakeChip } from './fake-bus.js';

export interface Scene {
  volts: number;
  amps: number;
}

export interface SceneChip extends FakeChip {
  readonly scene: Scene;
  /** A conversion ends. */
  convert(): void;
  /** Conversions end by themselves before each look at the flags; else only by `convert`. */
  isRunning: boolean;
  /** The supply falls, and comes back: registers are as after a reset. */
  brownOut(): void;
}

interface Design {
  readonly reset: Readonly<Record<number, number>>;
  readonly lengths?: Readonly<Record<number, number>>;
  /** Results of a conversion, from the scene and from what was written. */
  convert(scene: Scene, registers: Map<number, number>): Record<number, number>;
  /** The register with the flags, and what it reads as. */
  readonly flags: { readonly register: number; read(value: number, isReady: boolean): number };
  /** Reading it makes the chip no longer ready. */
  readonly clearedBy: number;
  /** Bits that cannot be written. */
  readonly voidBits?: Readonly<Record<number, number>>;
}

export const SHUNT_OHMS: Readonly<Record<ChipType, number>> = {
  ina219: 0.002,
  ina226: 0.002,
  ina228: 0.0162,
  ina260: 0.002,
  ina3221: 0.002,
};

export function fakeChip(type: ChipType, scene: Scene): SceneChip {
  const { reset, lengths = {}, convert, flags, clearedBy, voidBits = {} } = DESIGNS[type];
  const registers = new Map<number, number>();
  let isReady = false;
  const chip: SceneChip = {
    scene,
    lengths,
    isRunning: true,
    convert: () => {
      for (const [register, value] of Object.entries(convert(chip.scene, registers)))
        registers.set(Number(register), value);
      isReady = true;
    },
    brownOut: () => {
      registers.clear();
      for (const [register, value] of Object.entries(reset)) registers.set(Number(register), value);
      isReady = false;
    },
    read: (register) => {
      if (register === flags.register && chip.isRunning) chip.convert();
      const value = registers.get(register) ?? 0;
      const told = register === flags.register ? flags.read(value, isReady) : value;
      if (register === clearedBy) isReady = false;
      return told;
    },
    write: (register, value) => {
      registers.set(register, value & ~(voidBits[register] ?? 0));
      if (register === 0) isReady = false;
    },
  };
  chip.brownOut();
  return chip;
}

const TI = 0x5449;
const word = (value: number) => clamp(Math.trunc(value), -0x8000, 0x7fff) & 0xffff;

/** INA219, 8.5.1: current = shunt x calibration / 4096, power = current x bus / 5000. */
const INA219: Design = {
  reset: { 0: 0x399f },
  convert: ({ volts, amps }, registers) => {
    const most = 4000 << (((registers.get(0) as number) >> 11) & 3);
    const shunt = clamp(Math.round((amps * SHUNT_OHMS.ina219) / 10e-6), -most, most);
    const bus = Math.round(volts / 0.004);
    const exact = (shunt * (registers.get(5) ?? 0)) / 4096;
    const hasOverflown = Math.abs(exact) > 0x7fff;
    const current = hasOverflown ? 0 : Math.trunc(exact);
    const power = Math.trunc((current * bus) / 5000);
    return { 1: word(shunt), 2: (bus << 3) | Number(hasOverflown), 3: power & 0xffff, 4: word(current) };
  },
  flags: { register: 2, read: (value, isReady) => value | (isReady ? 2 : 0) },
  clearedBy: 3,
  voidBits: { 5: 1 },
};

/** INA226, equations 3 and 4: current = shunt x calibration / 2048, power = current x bus / 20,000. */
const INA226: Design = {
  reset: { 0: 0x4127, 254: TI, 255: 0x2260 },
  convert: ({ volts, amps }, registers) => {
    const shunt = clamp(Math.round((amps * SHUNT_OHMS.ina226) / 2.5e-6), -0x8000, 0x7fff);
    const bus = Math.round(volts / 0.00125);
    const exact = (shunt * (registers.get(5) ?? 0)) / 2048;
    const hasOverflown = Math.abs(exact) > 0x7fff;
    const current = hasOverflown ? 0 : Math.trunc(exact);
    return {
      1: word(shunt),
      2: bus,
      3: Math.trunc((Math.abs(current) * bus) / 20_000),
      4: word(current),
      6: hasOverflown ? 4 : 0,
    };
  },
  flags: { register: 6, read: (value, isReady) => value | (isReady ? 8 : 0) },
  clearedBy: 6,
};

const INA260: Design = {
  reset: { 0: 0x6127, 254: TI, 255: 0x2270 },
  convert: ({ volts, amps }) => {
    const bus = Math.round(volts / 0.00125);
    const milliwattTens = Math.round((volts * Math.abs(amps)) / 0.01);
    const hasOverflown = milliwattTens > 0xffff;
    return {
      1: word(Math.round(amps / 0.00125)),
      2: bus,
      3: hasOverflown ? 0 : milliwattTens,
      6: hasOverflown ? 4 : 0,
    };
  },
  flags: { register: 6, read: (value, isReady) => value | (isReady ? 8 : 0) },
  clearedBy: 6,
};

/** INA3221: all three channels see the same scene; only those that are switched on are converted. */
const INA3221: Design = {
  reset: { 0: 0x7127, 254: TI, 255: 0x3220 },
  convert: ({ volts, amps }, registers) => {
    const shunt = clamp(Math.round((amps * SHUNT_OHMS.ina3221) / 40e-6), -0x1000, 0xfff);
    const on = [1, 2, 3].filter((channel) => ((registers.get(0) as number) >> (15 - channel)) & 1);
    return Object.fromEntries(
      on.flatMap((channel) => [
        [2 * channel - 1, (shunt << 3) & 0xffff],
        [2 * channel, Math.round(volts / 0.008) << 3],
      ]),
    );
  },
  flags: { register: 0x0f, read: (_, isReady) => Number(isReady) },
  clearedBy: 0x0f,
};

/** INA228, 8.1.2, read backwards: current = shunt volts x 13107.2e6 / SHUNT_CAL, in its LSB. An hour per conversion. */
const INA228: Design = {
  reset: { 0: 0, 1: 0xfb68, 2: 0x1000, 11: 1, 62: TI, 63: 0x2281 },
  lengths: { 4: 3, 5: 3, 7: 3, 8: 3, 9: 5 },
  convert: ({ volts, amps }, registers) => {
    const isNarrow = ((registers.get(0) as number) & 0x10) !== 0;
    const shuntLsb = isNarrow ? 78.125e-9 : 312.5e-9;
    const shunt = clamp(Math.round((amps * SHUNT_OHMS.ina228) / shuntLsb), -0x80000, 0x7ffff);
    const lsb = (registers.get(2) as number) / (13107.2e6 * SHUNT_OHMS.ina228 * (isNarrow ? 4 : 1));
    const exact = (shunt * shuntLsb) / SHUNT_OHMS.ina228 / lsb;
    const hasOverflown = Math.abs(exact) > 0x7ffff;
    const current = hasOverflown ? 0 : Math.round(exact);
    const bus = Math.round(volts / 195.3125e-6);
    const watts = Math.abs(current) * lsb * bus * 195.3125e-6;
    const twenty = (value: number) => (value & 0xfffff) * 16;
    const results = { 4: twenty(shunt), 5: twenty(bus), 7: twenty(current), 8: Math.trunc(watts / (3.2 * lsb)) };
    return { ...results, 9: Math.round((watts * 3600) / (51.2 * lsb)), 11: 1 | (hasOverflown ? 1 << 9 : 0) };
  },
  flags: { register: 0x0b, read: (value, isReady) => (value & ~2) | (isReady ? 2 : 0) },
  clearedBy: 0x0b,
  voidBits: { 0: 0xc000 },
};

const DESIGNS: Readonly<Record<ChipType, Design>> = {
  ina219: INA219,
  ina226: INA226,
  ina228: INA228,
  ina260: INA260,
  ina3221: INA3221,
};

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
