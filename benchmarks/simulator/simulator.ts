// How true the simulator is: steps of emulated fleets, whose boards do the real mathematics and send the real messages,
// beside steps in simulated time.

import type { BoardProfile } from '../../hardware/board-profile.js';
import { BOARD_PROFILES } from '../../hardware/board-profiles.js';
import { MODES, type Mode } from '../../protocol/run-spec.js';
import type { BenchContext, Group } from '../group.js';
import type { Row, Section } from '../report/report.js';
import { median, type Ratio } from '../statistics.js';
import { type EmulatedRun, type EmulatedSteps, emulatedSteps, simulatedStepMs } from './emulated-run.js';

const PROFILE = 'pi-4';
const [BOARDS, QUICK_BOARDS] = [[1, 2, 4, 8], [2]];
const [STEPS, QUICK_STEPS] = [8, 2];
/** Two cores do the mathematics of eight boards in their time, and bring their messages to the millisecond. */
const DILATION = 10;

export const simulator: Group = {
  name: 'simulator',
  run: async (context) => [await section(context)],
};

async function section({ quick, progress }: BenchContext): Promise<Section> {
  const rows: Row[] = [];
  for (const mode of MODES) {
    for (const boards of quick ? QUICK_BOARDS : BOARDS) {
      progress(`simulator: ${boards} emulated boards as ${mode}`);
      rows.push(await measure(mode, boards, quick ? QUICK_STEPS : STEPS));
    }
  }
  return {
    title: 'Emulated fleets beside the simulator',
    about: [
      `Emulated: boards and master are each a ${PROFILE} by its profile, in one process, over direct links; times stretched ${DILATION}-fold`,
      'and divided by that again. Eight dense layers, 784-256-…-10, batch 128, momentum; the ring in 8 micro-batches under sync,',
      'the star bsp. The spread is over steps; drift is by how much the computer was late.',
    ],
    columns: [
      { key: 'emulatedMs', title: 'emulated step, ms', digits: 2 },
      { key: 'simulatedMs', title: 'simulated, ms', digits: 2 },
      { key: 'drift', title: 'drift', digits: 3 },
    ],
    rows,
    peers: [],
  };
}

async function measure(mode: Mode, boards: number, steps: number): Promise<Row> {
  const profile = BOARD_PROFILES.get(PROFILE) as BoardProfile;
  const run: EmulatedRun = { mode, boards, profile, dilation: DILATION, steps };
  const simulatedMs = simulatedStepMs(run);
  const emulated = await emulatedSteps(run);
  return {
    id: `simulator/${mode}/${boards}`,
    name: `${mode}, ${boards} ${boards === 1 ? 'board' : 'boards'}`,
    values: { emulatedMs: median(emulated.stepsMs), simulatedMs, drift: emulated.drift },
    ratio: { ...ratioOf(emulated, simulatedMs), to: 'simulated' },
  };
}

function ratioOf({ stepsMs }: EmulatedSteps, simulatedMs: number): Ratio {
  const ratios = stepsMs.map((stepMs) => stepMs / simulatedMs);
  return { value: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}
