// Each power sensor, with a hand on what it measures.

import { hwmonSensor } from '../../../hardware/power/hwmon-sensor.js';
import { modelledSensor } from '../../../hardware/power/modelled-sensor.js';
import { openPowerSensor } from '../../../hardware/power/open-sensor.js';
import type { PowerBoard } from '../../../hardware/power/power-board.js';
import type { PowerSensor } from '../../../hardware/power/power-sensor.js';
import { CHIP_TYPES, type ChipType, type DetailedSensor } from '../../../hardware/power/settings.js';
import { simulatedSensor } from '../../../hardware/power/simulated-sensor.js';
import { fakeBoard, hwmonFolder } from '../../support/power/fake-board.js';
import { type FakeBus, fakeBus } from '../../support/power/fake-bus.js';
import { fakeChip, type Scene, type SceneChip, SHUNT_OHMS } from '../../support/power/fake-chips.js';

export interface SensorBench {
  readonly sensor: PowerSensor;
  readonly source: PowerSensor['source'];
  /** Whether it tells volts and amperes, too. */
  readonly tellsAll: boolean;
  /** Its steps are no finer than this share. */
  readonly tolerance: number;
  /** What it is to measure from now on, until some time has passed. */
  show(scene: Scene): Promise<void>;
  nowMs(): number;
  close(): Promise<void>;
}

export interface ChipBench extends SensorBench {
  readonly type: ChipType;
  readonly chip: SceneChip;
  readonly bus: FakeBus;
}

const ADDRESS = 0x41;
/** Within the range of all of them: of the INA219 80 mV over 2 milliohms, of the INA228 163 mV over 16.2. */
const MAX_AMPS = 10;
const STEP_MS = 50;

export async function chipBench(type: ChipType, settings: object = { maxAmps: MAX_AMPS }): Promise<ChipBench> {
  const chip = fakeChip(type, { volts: 5, amps: 1 });
  const bus = fakeBus({ [ADDRESS]: chip });
  const board = fakeBoard(bus);
  const { sensor } = await openChip(type, board, settings);
  return {
    ...{ sensor, type, chip, bus, tellsAll: true, source: 'measured' },
    tolerance: 0.005,
    show: async (scene) => {
      Object.assign(chip.scene, scene);
      board.clockMs += STEP_MS;
    },
    nowMs: board.nowMs,
    close: async () => {},
  };
}

/** As an agent does, or `ringtmp doctor` beside it. */
export async function openChip(type: ChipType, board: PowerBoard, settings: object = { maxAmps: MAX_AMPS }) {
  const told = { type, bus: 1, channel: 2, shuntOhms: SHUNT_OHMS[type], ...settings } as DetailedSensor;
  const { sensor, problems } = await openPowerSensor(told, { board });
  if (sensor === null) throw new Error(`no ${type}: ${JSON.stringify(problems)}`);
  return { sensor };
}

async function hwmonBench(): Promise<SensorBench> {
  const folder = await hwmonFolder();
  const board = fakeBoard(null);
  const show = async ({ volts, amps }: Scene) => {
    board.clockMs += STEP_MS;
    const inThousandths = (value: number) => String(Math.round(value * 1000));
    const power1_input = String(Math.round(volts * Math.abs(amps) * 1e6));
    await folder.add('hwmon0', { in1_input: inThousandths(volts), curr1_input: inThousandths(amps), power1_input });
  };
  await show({ volts: 5, amps: 1 });
  const sensor = hwmonSensor({ folder: `${folder.path}/hwmon0`, name: 'ina219', device: '1-0040' }, 1, board.nowMs);
  return {
    sensor,
    source: 'measured',
    tellsAll: true,
    tolerance: 0.001,
    show,
    nowMs: board.nowMs,
    close: folder.remove,
  };
}

/** One core more or less makes a watt. */
function modelBench(): SensorBench {
  const board = fakeBoard(null);
  const model = { name: 'own figures', idleW: 1, loadW: 2 };
  const sensor = modelledSensor({ model, cpuSeconds: board.cpuSeconds, nowMs: board.nowMs });
  const show = async ({ volts, amps }: Scene) => {
    board.clockMs += STEP_MS;
    board.usedSeconds += (volts * Math.abs(amps) - 1) * (STEP_MS / 1000);
  };
  return {
    sensor,
    source: 'modelled',
    tellsAll: false,
    tolerance: 1e-9,
    show,
    nowMs: board.nowMs,
    close: async () => {},
  };
}

function simulatedBench(): SensorBench {
  const board = fakeBoard(null);
  let watts = 5;
  const show = async ({ volts, amps }: Scene) => {
    board.clockMs += STEP_MS;
    watts = volts * Math.abs(amps);
  };
  const sensor = simulatedSensor(() => watts, board.nowMs);
  return {
    sensor,
    source: 'simulated',
    tellsAll: true,
    tolerance: 1e-9,
    show,
    nowMs: board.nowMs,
    close: async () => {},
  };
}

export const BENCHES: readonly (readonly [name: string, open: () => Promise<SensorBench>])[] = [
  ...CHIP_TYPES.map((type) => [type, () => chipBench(type)] as const),
  ['of hwmon', hwmonBench],
  ['of the model', async () => modelBench()],
  ['simulated', async () => simulatedBench()],
];
