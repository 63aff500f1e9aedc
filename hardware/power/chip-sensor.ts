// A sensor of a chip: waits for a conversion, mends what a brown-out has lost, and takes no figure for one that is none.

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
 * Sets the chip up.
 * @throws HardwareError when it does not answer, or does not keep what it is told
 */
export async function openChipSensor(options: ChipSensorOptions): Promise<PowerSensor> {
  await setUp(options);
  return {
    name: options.name,
    source: 'measured',
    read: () => read(options),
    close: options.close,
  };
}

async function setUp({ registers, chip }: ChipSensorOptions): Promise<void> {
  for (const [register, value] of chip.setup) await registers.write(register, value);
  if (await isSetUp(registers, chip)) return;
  throw new HardwareError(`the chip on ${registers.where} does not keep what is written to it`, {
    remedy: 'Check its supply and wiring, and that `sensor` names the chip that is there.',
  });
}

async function isSetUp(registers: Registers, { setup, witness }: Chip): Promise<boolean> {
  const wanted = setup.find(([register]) => register === witness)?.[1];
  return (await registers.read(witness)) === wanted;
}

async function read(options: ChipSensorOptions): Promise<PowerReading> {
  const { registers, chip, nowMs } = options;
  // After a brown-out the chip measures on, without calibration (its current is 0 then, or wrong) and averaging.
  if (!(await isSetUp(registers, chip))) await setUp(options);
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
