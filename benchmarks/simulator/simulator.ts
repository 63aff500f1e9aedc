// How true the simulator is: steps of emulated fleets, whose boards do the real mathematics and send the real messages,
// beside steps in simulated time.

import type { BoardProfile } from '../../hardware/board-profile.js';
import { BOARD_PROFILES } from '../../hardware/board-profiles.js';
import { MODES } from '../../protocol/run-spec.js';
import type { BenchContext, Group } from '../group.js';
import type { Row, Section } from '../report/report.js';
import { median, spreadOf } from '../statistics.js';
import { type EmulatedRun, type EmulatedSteps, emulatedSteps, LAYERS, simulatedStepMs } from './emulated-run.js';

const PROFILE = 'pi-4';
/** And what their times are multiplied by: two cores have all boards' mathematics and messages to do meanwhile. */
const FLEETS: readonly [boards: number, dilation: number][] = [
  [1, 10],
  [2, 10],
  [4, 10],
  [8, 30],
  [12, 40],
];
const QUICK_FLEETS = FLEETS.slice(1, 2);
const [STEPS, QUICK_STEPS] = [8, 2];

interface Measured {
  readonly run: EmulatedRun;
  readonly simulatedMs: number;
  readonly emulated: EmulatedSteps;
}

export const simulator: Group = {
  name: 'simulator',
  run: async (context) => {
    const measured = await measureAll(context);
    return [paceSection(measured), driftSection(measured)];
  },
};

async function measureAll({ quick, progress }: BenchContext): Promise<Measured[]> {
  const profile = BOARD_PROFILES.get(PROFILE) as BoardProfile;
  const measured: Measured[] = [];
  for (const mode of MODES) {
    for (const [boards, dilation] of quick ? QUICK_FLEETS : FLEETS) {
      progress(`simulator: ${boards} emulated boards as ${mode}`);
      const run: EmulatedRun = { mode, boards, profile, dilation, steps: quick ? QUICK_STEPS : STEPS };
      measured.push({ run, simulatedMs: simulatedStepMs(run), emulated: await emulatedSteps(run) });
    }
  }
  return measured;
}

function paceSection(measured: readonly Measured[]): Section {
  return {
    title: 'Emulated fleets beside the simulator',
    about: [
      `Emulated: boards and master are each a ${PROFILE} by its profile, in one process, over direct links; times stretched by the`,
      `dilation and divided by it again. ${LAYERS} dense layers, 784-256-…-10, batch 128, momentum; the ring in 8 micro-batches`,
      'under sync, the star bsp. The spread is over steps.',
    ],
    columns: [
      { key: 'dilation', title: 'dilation' },
      { key: 'emulatedMs', title: 'emulated step, ms', digits: 2 },
      { key: 'simulatedMs', title: 'simulated, ms', digits: 2 },
    ],
    rows: measured.map(paceRow),
    peers: [],
  };
}

function paceRow({ run, simulatedMs, emulated }: Measured): Row {
  const { dilation } = run;
  const ratio = spreadOf(emulated.stepsMs.map((stepMs) => stepMs / simulatedMs));
  return {
    id: `simulator/${run.mode}/${run.boards}`,
    name: nameOf(run),
    values: { dilation, emulatedMs: median(emulated.stepsMs), simulatedMs },
    ratio: ratio && { ...ratio, to: 'simulated' },
  };
}

function driftSection(measured: readonly Measured[]): Section {
  return {
    title: 'How far this computer was behind emulated boards',
    about: [
      'In the same runs, start included: the drift, the most that it was ever behind a board and what that idled in vain, of the time.',
    ],
    columns: [{ key: 'dilation', title: 'dilation' }],
    rows: measured.map(({ run, emulated: { drift } }) => ({
      id: `simulator/drift/${run.mode}/${run.boards}`,
      name: nameOf(run),
      values: { dilation: run.dilation },
      ratio: { value: drift, min: drift, max: drift, to: 'the run' },
    })),
    peers: [],
  };
}

function nameOf({ mode, boards }: EmulatedRun): string {
  return `${mode}, ${boards} ${boards === 1 ? 'board' : 'boards'}`;
}
