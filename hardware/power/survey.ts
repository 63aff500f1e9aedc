// Looks for power sensors on a board, and says of each place why it is none: what `sensor: auto` chooses from, and what
// `ringtmp doctor` shows. It reads and never writes: whoever has an address from 0x40 to 0x4F may be no sensor at all.

import { type ErrorReport, reportOf } from '../../errors.js';
import { CHIPS } from './chips/chips.js';
import { findHwmonMonitors, type HwmonMonitor } from './hwmon-sensor.js';
import { isNobody, isOfBus, transferError } from './i2c-errors.js';
import type { I2cPort } from './i2c-port.js';
import type { PowerBoard } from './power-board.js';
import { registersOf } from './registers.js';
import { type ChipType, FIRST_ADDRESS, LAST_ADDRESS } from './settings.js';

/** Somebody who answers at an address. */
export interface FoundChip {
  readonly bus: number;
  readonly address: number;
  /** Null: none of the chips known here, or nothing that this process can read. */
  readonly type: ChipType | null;
  /** False of an INA219 that something else has set up: it may be another chip, and wants to be named in `sensor`. */
  readonly isSure: boolean;
  /** Why it cannot be read. */
  readonly problem: ErrorReport | null;
}

export interface SurveyedBus {
  readonly bus: number;
  readonly chips: readonly FoundChip[];
  /** Why the bus cannot be used at all. */
  readonly problem: ErrorReport | null;
}

export interface PowerSurvey {
  readonly buses: readonly SurveyedBus[];
  readonly hwmon: readonly HwmonMonitor[];
}

/** Where to look; everywhere unless told. */
export interface Whereabouts {
  readonly bus?: number | undefined;
  readonly address?: number | undefined;
}

export async function surveyPower(board: PowerBoard, where: Whereabouts = {}): Promise<PowerSurvey> {
  const numbers = where.bus === undefined ? await board.listBuses() : [where.bus];
  const buses: SurveyedBus[] = [];
  for (const bus of numbers) buses.push(await surveyBus(board, bus, where.address));
  return { buses, hwmon: await findHwmonMonitors(board.hwmonFolder) };
}

async function surveyBus(board: PowerBoard, bus: number, only?: number): Promise<SurveyedBus> {
  let port: I2cPort;
  try {
    port = await board.openI2c(bus);
  } catch (error) {
    return { bus, chips: [], problem: reportOf(transferError(error, bus)) };
  }
  try {
    return await surveyAddresses(port, bus, only);
  } finally {
    await port.close();
  }
}

async function surveyAddresses(port: I2cPort, bus: number, only?: number): Promise<SurveyedBus> {
  const chips: FoundChip[] = [];
  for (let address = only ?? FIRST_ADDRESS; address <= (only ?? LAST_ADDRESS); address++) {
    try {
      const found = await identify(port, bus, address);
      if (found) chips.push(found);
    } catch (error) {
      if (isOfBus(error)) return { bus, chips, problem: reportOf(error) };
      chips.push({ bus, address, type: null, isSure: false, problem: reportOf(error) });
    }
  }
  return { bus, chips, problem: null };
}

/** @returns null where nobody answers */
async function identify(port: I2cPort, bus: number, address: number): Promise<FoundChip | null> {
  const registers = registersOf(port, bus, address);
  try {
    await registers.read(0);
  } catch (error) {
    if (isNobody(error)) return null;
    throw error;
  }
  for (const kind of CHIPS.filter(({ lastAddress }) => address <= lastAddress)) {
    const likeness = await kind.isAt(registers);
    if (likeness !== 'no') return { bus, address, type: kind.type, isSure: likeness === 'sure', problem: null };
  }
  return { bus, address, type: null, isSure: false, problem: null };
}
