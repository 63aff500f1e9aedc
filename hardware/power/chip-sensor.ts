// A sensor of a chip: waits for a conversion, mends what a brown-out has lost or another program has changed, and takes no
// figure for one that is none.

import { HardwareError } from '../../errors.js';
import type { Chip } from './chip.js';
import type { PowerReading, PowerSensor } from './power-sensor.js';
import type { Registers } from './registers.js';

export interface ChipSensorOptions {
  readonly name: string;
  readonly registers: Registers;
  readonly chip: Chip;
  /** From one average to the next. */
  readonly conversionMs: number;
  readonly nowMs: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Attempts at a conversion that should be over, each a quarter of one after the other: a chip's clock may be slow. */
const ATTEMPTS = 10;
const ATTEMPT_SHARE = 0.25;
const LEAST_WAIT_MS = 1;
/** The last steps before the rail, where the current's own steps are too wide to reach it. */
const NEARLY = 0.9995;

/**
 * Sets the chip up, unless it is so already: writing would begin the average anew of whoever reads it, such as the agent
 * while `ringtmp doctor` looks.
 * @throws HardwareError when it does not answer, or does not keep what it is told
 */
export async function openChipSensor(options: ChipSensorOptions): Promise<PowerSensor> {
  await ensureSetUp(options);
  return {
    name: options.name,
    source: 'measured',
    read: () => read(options),
    close: options.close,
  };
}

async function ensureSetUp({ registers, chip }: ChipSensorOptions): Promise<void> {
  if (await isSetUp(registers, chip)) return;
  for (const [register, value] of chip.setup) await registers.write(register, value);
  if (await isSetUp(registers, chip)) return;
  throw new HardwareError(`the chip on ${registers.where} does not keep what is written to it`, {
    remedy: 'Check its supply and wiring, and that `sensor` names the chip that is there.',
  });
}

async function isSetUp(registers: Registers, { witnesses }: Chip): Promise<boolean> {
  for (const [register, mask, value] of witnesses) {
    if (((await registers.read(register)) & mask) !== value) return false;
  }
  return true;
}

async function read(options: ChipSensorOptions): Promise<PowerReading> {
  const { chip, nowMs } = options;
  // After a brown-out the chip measures on, without calibration (its current is 0 then, or wrong) and averaging.
  await ensureSetUp(options);
  const { volts, amps, watts, countedJoules = null } = await nextSample(options);
  if (Math.abs(amps) >= chip.railAmps * NEARLY) throw beyondRange(options, amps);
  return { atMs: nowMs(), volts, amps, watts, countedJoules };
}

async function nextSample({ registers, chip, conversionMs, wait }: ChipSensorOptions) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const sample = await chip.sample();
    if (sample !== null) return sample;
    await wait(Math.max(LEAST_WAIT_MS, conversionMs * ATTEMPT_SHARE));
  }
  throw new HardwareError(`the chip on ${registers.where} ended no conversion within ${waitedMs(conversionMs)} ms`, {
    remedy: 'Something else may have set it to sleep: stop it, or start the agent anew.',
  });
}

function waitedMs(conversionMs: number): number {
  return Math.round(ATTEMPTS * Math.max(LEAST_WAIT_MS, conversionMs * ATTEMPT_SHARE));
}

function beyondRange({ registers, chip }: ChipSensorOptions, amps: number): HardwareError {
  const railAmps = chip.railAmps.toPrecision(3);
  return new HardwareError(`${registers.where}: ${amps.toPrecision(3)} A is all that it can tell, or more`, {
    remedy: `Raise \`sensor.maxAmps\`; where that is ${railAmps} already, use a smaller shunt, and tell its \`shuntOhms\`.`,
  });
}
