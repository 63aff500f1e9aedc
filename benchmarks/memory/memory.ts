// What a fleet takes: an idle agent's memory, and over thousands of steps the memory and the CPU time of
// each message, which must not creep. All processes are as `ringtmp up` starts them.

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BenchContext, Group } from '../group.js';
import { residentMb } from '../process-figures.js';
import type { Section } from '../report/report.js';
import { type BenchFleet, startBenchFleet } from '../ring/bench-fleet.js';
import { spreadOf } from '../statistics.js';
import { creepSection } from './creep-section.js';
import { longRun } from './long-run.js';
import { sampleSteps } from './samples.js';

const BOARDS = 4;
/** Ten seconds after its start an agent collects what the start left. */
const [SETTLED_MS, QUICK_SETTLED_MS] = [20_000, 500];
const [STEPS, QUICK_STEPS] = [6000, 60];
const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));

export const memory: Group = {
  name: 'memory',
  run: async ({ quick, engine, progress }) => {
    progress('memory: starting a fleet of four boards');
    const fleet = await startBenchFleet({ boards: BOARDS, engine, dataFolders: [EXAMPLES] });
    try {
      progress('memory: letting the idle agents settle');
      await sleep(quick ? QUICK_SETTLED_MS : SETTLED_MS);
      const idle = idleSection(fleet, quick ? QUICK_SETTLED_MS : SETTLED_MS);
      return [idle, await creep(fleet, { quick, engine, progress })];
    } finally {
      await fleet.close();
    }
  },
};

function idleSection({ boardPids }: BenchFleet, settledMs: number): Section {
  const each = boardPids.flatMap((pid) => residentMb(pid) ?? []);
  const spread = spreadOf(each);
  return {
    title: 'An idle agent’s memory',
    about: [`VmRSS of ${BOARDS} idle agents ${settledMs / 1000} s after their start, in MB of 10⁶ bytes.`],
    columns: [
      { key: 'median', title: 'median, MB', digits: 1 },
      { key: 'least', title: 'least', digits: 1 },
      { key: 'most', title: 'most', digits: 1 },
    ],
    rows: [
      {
        id: 'memory/idle',
        name: 'an idle agent',
        values: { median: spread?.value ?? null, least: spread?.min ?? null, most: spread?.max ?? null },
        ratio: null,
      },
    ],
    peers: [],
  };
}

type CreepContext = Pick<BenchContext, 'quick' | 'engine' | 'progress'>;

async function creep(fleet: BenchFleet, { quick, engine, progress }: CreepContext): Promise<Section> {
  const steps = quick ? QUICK_STEPS : STEPS;
  const pids = { agent: fleet.boardPids[0] ?? null, broker: fleet.brokerPid };
  const sampler = sampleSteps(pids, steps);
  await fleet.train(longRun(steps, EXAMPLES, engine), ({ step }) => {
    if (sampler.take(step)) progress(`memory: step ${step} of ${steps}`);
  });
  return creepSection(sampler.samples, steps);
}
