// What all power chips have in common: they are found by their registers, set up by a few writes, and then give a
// sample whenever a conversion has ended. One file for each kind; `chip-sensor.ts` makes a sensor of any of them.

import type { Registers } from './registers.js';
import type { ChipType } from './settings.js';

export interface ChipSample {
  readonly volts: number;
  readonly amps: number;
  readonly watts: number;
  readonly countedJoules?: number;
}

/** A register of which the bits of the mask are to have this value; the others are the chip's own. */
export type Witness = readonly [register: number, mask: number, value: number];

export interface Chip {
  /** Register and value, in the order in which they are written. */
  readonly setup: readonly (readonly [register: number, value: number])[];
  /** What tells by reading alone that it is set up: a brown-out, or another program, leaves other values there. */
  readonly witnesses: readonly Witness[];
  /** The most that its converter can tell; there it stands still. */
  readonly railAmps: number;
  /** Null while no conversion has ended since the last sample. */
  sample(): Promise<ChipSample | null>;
}

export interface ChipSettings {
  readonly shuntOhms: number;
  /** The most that is expected: it sets the resolution. */
  readonly maxAmps: number;
  /** Conversions in an average: one of the kind's `averages`. */
  readonly averaging: number;
  /** Of a chip with several, from 1. */
  readonly channel: number;
}

/** How sure an address is that this kind is there. */
export type Likeness = 'sure' | 'likely' | 'no';

export interface ChipKind {
  readonly type: ChipType;
  /** The first is 0x40. */
  readonly lastAddress: number;
  /** That of modules as they are sold; null where it is within the chip. */
  readonly usualShuntOhms: number | null;
  /** Across the shunt. */
  readonly fullScaleVolts: number;
  /** Ascending. */
  readonly averages: readonly number[];
  /** Of one conversion of current and voltage, at most. */
  readonly conversionMs: number;
  /** Reads only: whoever is there must not mind. */
  isAt(registers: Registers): Promise<Likeness>;
  open(registers: Registers, settings: ChipSettings): Chip;
}

/** Of Texas Instruments, in the registers of that name. */
export const MANUFACTURER = 0x5449;

export async function hasIds(registers: Registers, fits: (die: number) => boolean): Promise<Likeness> {
  if ((await registers.read(0xfe)) !== MANUFACTURER) return 'no';
  return fits(await registers.read(0xff)) ? 'sure' : 'no';
}

/**
 * The highest calibration that fits, as a whole number of `step`s: current LSB and calibration are each other's
 * inverse, so that a smaller one only costs resolution.
 */
export function calibration(wanted: number, highest: number, step = 1): number {
  const exact = Math.floor((wanted + 1e-6) / step) * step; // 0.04096 / (0.001 x 0.002) is not quite 20480
  return Math.min(Math.max(exact, step), highest);
}

/** Where the chip's own multiplication has overflowed, its voltages still hold. */
export function fromVoltages(volts: number, shuntVolts: number, shuntOhms: number): ChipSample {
  const amps = shuntVolts / shuntOhms;
  return { volts, amps, watts: volts * Math.abs(amps) };
}
