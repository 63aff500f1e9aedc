// Whether a ring is worth it: two boards beside one process and beside a PyTorch pipeline, and rings of
// stages that only wait, which show what schedule and links lose.

import type { BenchContext, Group } from '../group.js';
import { INSTALL_PYTORCH } from '../peers/python.js';
import { type Pinning, pinningFor } from '../pinning.js';
import type { PeerNote, Section } from '../report/report.js';
import { allowedSection } from './allowed-section.js';
import { startBenchFleet } from './bench-fleet.js';
import { type Contest, competitors, hold } from './contest.js';
import { throughputSections } from './throughput-sections.js';
import { waitingSection } from './waiting-section.js';
import { FULL, messageBytes, QUICK, sizesOf, writeData } from './workload.js';

/** On this machine they share the cores with broker and master, which have little to do. */
const BOARDS = FULL.stages;

export const ring: Group = {
  name: 'ring',
  run: async (context) => {
    const pinning = pinningFor(BOARDS);
    const contest = await twoBoards(context, pinning);
    const [first, ...others] = throughputSections(contest, describe(context, pinning));
    const allowed = await allowedSection(contest, context);
    const waiting = await waitingSection(context);
    return [{ ...(first as Section), peers: [peerNote(contest)] }, ...others, allowed, waiting];
  },
};

async function twoBoards(
  { quick, engine, python, rounds, progress }: BenchContext,
  pinning: Pinning,
): Promise<Contest> {
  const workload = quick ? QUICK : FULL;
  const data = await writeData(workload);
  progress('ring: starting a fleet of two boards');
  try {
    const fleet = await startBenchFleet({ boards: BOARDS, engine, dataFolders: [data.folder] });
    try {
      for (const [core, pid] of fleet.boardPids.entries()) pinning.hold(core, pid);
      const all = competitors({ workload, engine, python, folder: data.folder, fleet, pinning });
      return await hold(all, workload, rounds, progress);
    } finally {
      await fleet.close();
    }
  } finally {
    await data.remove();
  }
}

function describe({ quick, engine, rounds }: BenchContext, pinning: Pinning): string[] {
  const workload = quick ? QUICK : FULL;
  const { batch, microBatches, steps, warmUpSteps } = workload;
  return [
    `Dense layers ${sizesOf(workload).join('-')}, relu, batch ${batch} in ${microBatches} micro-batches, SGD, engine ${engine};`,
    `both stages cost the same (the first layer is wider, for it needs no input gradient); ${messageBytes(workload) / 1024} KB a message.`,
    `${rounds} alternating rounds of ${steps} steps, of which the first ${warmUpSteps} do not count; boards:`,
    `${pinning.note}; broker and master run beside them.`,
  ];
}

function peerNote({ rates }: Contest): PeerNote {
  const isThere = rates.get('PyTorch pipeline')?.length;
  return { name: 'PyTorch pipeline', about: isThere ? 'two processes over gloo' : null, remedy: INSTALL_PYTORCH };
}
