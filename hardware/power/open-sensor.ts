// Opens what the settings name, or the best that the board has: a chip on the bus, else a driver of the kernel, else the
// model. A board goes on without its sensor: what is wrong with it is told, and the model says that it is one.

import { type ErrorReport, HardwareError, reportOf } from '../../errors.js';
import { planChip } from './chip-plan.js';
import { openChipSensor } from './chip-sensor.js';
import { chipKind } from './chips/chips.js';
import { findHwmonMonitors, hwmonSensor } from './hwmon-sensor.js';
import { placeName, transferError } from './i2c-errors.js';
import { modelledSensor, powerModel } from './modelled-sensor.js';
import type { PowerBoard } from './power-board.js';
import type { PowerSensor } from './power-sensor.js';
import { registersOf } from './registers.js';
import {
  type ChipSensor,
  type ChipType,
  DEFAULT_SAMPLE_HZ,
  type PowerModelSettings,
  type SensorSettings,
} from './settings.js';
import { simulatedSensor } from './simulated-sensor.js';
import { type FoundChip, type PowerSurvey, surveyPower } from './survey.js';

export interface PowerOptions {
  readonly board: PowerBoard;
  readonly sampleHz?: number | undefined;
  /** What the model counts with; by the board's name unless told. */
  readonly model?: PowerModelSettings | undefined;
}

export interface OpenedPower {
  /** Null where nothing measures and nothing is known to model with. */
  readonly sensor: PowerSensor | null;
  /** What kept better sensors from being used. */
  readonly problems: readonly ErrorReport[];
}

type Problems = ErrorReport[];

/** @throws ConfigurationError when the settings are impossible: more current over a shunt than a chip can tell */
export async function openPowerSensor(settings: SensorSettings, options: PowerOptions): Promise<OpenedPower> {
  const problems: Problems = [];
  const sensor = (await openNamed(settings, options, problems)) ?? openModel(options);
  return { sensor, problems };
}

async function openNamed(
  settings: SensorSettings,
  options: PowerOptions,
  problems: Problems,
): Promise<PowerSensor | null> {
  const { board } = options;
  if (settings.type === 'none') return null;
  if (settings.type === 'simulated') return simulatedSensor(() => settings.watts, board.nowMs);
  if (settings.type === 'hwmon') return openHwmon(settings.name, settings.channel, options, problems, true);
  const chip = await openChip(settings, options, problems);
  return chip ?? (settings.type === 'auto' ? openHwmon(undefined, 1, options, problems, false) : null);
}

function openModel({ board, model }: PowerOptions): PowerSensor | null {
  const known = powerModel(model, board.model);
  return known && modelledSensor({ model: known, cpuSeconds: board.cpuSeconds, nowMs: board.nowMs });
}

async function openHwmon(
  name: string | undefined,
  channel: number,
  { board }: PowerOptions,
  problems: Problems,
  isWanted: boolean,
): Promise<PowerSensor | null> {
  const monitors = await findHwmonMonitors(board.hwmonFolder, name);
  for (const monitor of monitors) {
    const sensor = hwmonSensor(monitor, channel, board.nowMs);
    if (await givesReading(sensor, problems)) return sensor;
  }
  if (isWanted && monitors.length === 0) problems.push(reportOf(noMonitor(board, name)));
  return null;
}

function noMonitor({ hwmonFolder }: PowerBoard, name: string | undefined): HardwareError {
  return new HardwareError(`${hwmonFolder} has no power monitor${name === undefined ? '' : ` called ${name}`}`, {
    remedy: 'Load its driver, such as by `dtoverlay=i2c-sensor,ina219` (ina2xx), or use `sensor: auto`.',
  });
}

/** The first chip that fits and works. */
async function openChip(settings: ChipSensor, options: PowerOptions, problems: Problems): Promise<PowerSensor | null> {
  const survey = await surveyPower(options.board, settings);
  const known = problemsOf(survey);
  problems.push(...known);
  const candidates = survey.buses.flatMap(({ chips }) => chips).filter((chip) => fits(settings, chip));
  for (const chip of candidates) {
    const sensor = await openFound(chip, settings, options).catch(bear(problems));
    if (sensor === null) continue;
    if (await givesReading(sensor, problems)) return sensor;
    await sensor.close();
  }
  const isMissing = settings.type !== 'auto' && candidates.length === 0 && known.length === 0;
  if (isMissing) problems.push(reportOf(notThere(settings, survey)));
  return null;
}

function problemsOf({ buses }: PowerSurvey): ErrorReport[] {
  return buses
    .flatMap(({ problem, chips }) => [problem, ...chips.map((chip) => chip.problem)])
    .filter((each) => each !== null);
}

/** One that may be another chip is taken only where it is named, and its address with it. */
function fits({ type, address }: ChipSensor, chip: FoundChip): boolean {
  if (chip.problem !== null || chip.type === null) return false;
  if (type === 'auto') return chip.isSure;
  return chip.type === type && (chip.isSure || address !== undefined);
}

async function openFound(found: FoundChip, settings: ChipSensor, options: PowerOptions): Promise<PowerSensor> {
  const { board, sampleHz = DEFAULT_SAMPLE_HZ } = options;
  const { bus, address } = found;
  const kind = chipKind(found.type as ChipType);
  const plan = planChip(kind, settings, sampleHz);
  const port = await board.openI2c(bus).catch((error) => {
    throw transferError(error, bus);
  });
  const registers = registersOf(port, bus, address);
  const shunt = kind.usualShuntOhms === null ? '' : `, shunt ${plan.shuntOhms} ohm`;
  const channel = kind.type === 'ina3221' ? `, channel ${plan.channel}` : '';
  return openChipSensor({
    name: `${kind.type} on ${registers.where}${shunt}${channel}`,
    registers,
    chip: kind.open(registers, plan),
    conversionMs: kind.conversionMs * plan.averaging,
    nowMs: board.nowMs,
    wait: board.wait,
    close: () => port.close(),
  }).catch(async (error) => {
    await port.close();
    throw error;
  });
}

/** A first reading: what gives none now is not taken. */
async function givesReading(sensor: PowerSensor, problems: Problems): Promise<boolean> {
  return (await sensor.read().catch(bear(problems))) !== null;
}

/** Only the hardware may be at fault: settings that are impossible must not be borne. */
function bear(problems: Problems): (error: unknown) => null {
  return (error) => {
    if (!(error instanceof HardwareError)) throw error;
    problems.push(reportOf(error));
    return null;
  };
}

function notThere({ type, bus, address }: ChipSensor, { buses }: PowerSurvey): HardwareError {
  const others = buses.flatMap(({ chips }) => chips).filter((chip) => chip.type !== null);
  const place = `on ${bus === undefined ? 'any I2C bus' : `i2c-${bus}`}${address === undefined ? '' : ` at 0x${address.toString(16)}`}`;
  const there = others.map(
    (chip) => `${chip.isSure ? '' : 'perhaps '}${chip.type} on ${placeName(chip.bus, chip.address)}`,
  );
  return new HardwareError(`there is no ${type} ${place}${there.length > 0 ? `, but ${there.join(', ')}` : ''}`, {
    remedy: others.length > 0 ? `Name what is there, with its bus and address, or use \`sensor: auto\`.` : WIRING,
  });
}

const WIRING =
  'Check the wiring (SDA, SCL, 3.3 V and ground); `i2cdetect -y 1` shows who answers on bus 1. Or use `sensor: auto`.';
