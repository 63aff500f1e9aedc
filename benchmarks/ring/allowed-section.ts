// How much of what the schedule `sync` allows a ring of two boards reaches: bubbles and links are no fault
// of the implementation.

import type { BenchContext } from '../group.js';
import type { Row, Section } from '../report/report.js';
import { median, type Ratio, ratioOf } from '../statistics.js';
import { stageMsOf, syncAllowance } from './allowance.js';
import { ALONE, type Contest, LINKS, nameOf } from './contest.js';
import { emulatedPeriod, microBatchesOf } from './emulated-period.js';
import { linkCostMs } from './link-cost.js';
import { messageBytes } from './workload.js';

export async function allowedSection(contest: Contest, { quick, progress }: BenchContext): Promise<Section> {
  const rows: Row[] = [];
  for (const links of LINKS) {
    if (!contest.rates.has(nameOf('sync', links))) continue;
    progress(`ring: what a message costs, ${links}`);
    const linkMs = await linkCostMs(links, messageBytes(contest.workload), quick);
    if (linkMs !== null) rows.push(rowOf(contest, links, linkMs), ownPaceRow(contest, links, linkMs));
  }
  progress('ring: waiting stages under sync');
  rows.push(await waitingRow(quick));
  return {
    title: 'What bubbles and links allow the schedule sync',
    about: [
      'A step of m micro-batches over N stages takes (m + N - 1) T + 2 N c at best: T of a stage follows from the',
      'run in one process, c is a hop of such a message, measured alone. In a ring on few cores the boards compute',
      'slower than that, for messages, master and broker share their cores: the rows "at the ring’s own pace" take T from',
      'the same boards under async, and the waiting boards, T = 50 ms, take no core at all.',
    ],
    columns: [
      { key: 'stageMs', title: 'T, ms', digits: 2 },
      { key: 'linkMs', title: 'c, ms', digits: 2 },
      { key: 'reached', title: 'reached', digits: 2 },
      { key: 'allowed', title: 'allowed', digits: 2 },
    ],
    rows,
    peers: [],
  };
}

function rowOf({ workload, rates }: Contest, links: string, linkMs: number): Row {
  const { batch, microBatches, stages } = workload;
  const alone = rates.get(ALONE) ?? [];
  const stageMs = stageMsOf(median(alone), batch, microBatches, stages);
  const allowed = syncAllowance({ stageMs, linkMs, stages, microBatches });
  const reached = ratioOf(rates.get(nameOf('sync', links)) ?? [], alone);
  return {
    id: `ring/sync/${links}/allowed`,
    name: nameOf('sync', links),
    values: { stageMs, linkMs, reached: reached?.value ?? null, allowed },
    ratio: reached && { ...scaled(reached, 1 / allowed), to: 'what is allowed' },
  };
}

/** Against the same boards and links without bubbles. */
function ownPaceRow({ workload, rates }: Contest, links: string, linkMs: number): Row {
  const { batch, microBatches, stages } = workload;
  const unbroken = rates.get(nameOf('async', links)) ?? [];
  const stageMs = (1000 * batch) / median(unbroken) / microBatches;
  const allowed = syncAllowance({ stageMs, linkMs, stages, microBatches }) / stages;
  const reached = ratioOf(rates.get(nameOf('sync', links)) ?? [], unbroken);
  return {
    id: `ring/sync/${links}/own-pace`,
    name: `${nameOf('sync', links)}, at the ring’s own pace`,
    values: { stageMs, linkMs, reached: reached?.value ?? null, allowed },
    ratio: reached && { ...scaled(reached, 1 / allowed), to: 'what is allowed' },
  };
}

async function waitingRow(quick: boolean): Promise<Row> {
  const [stageMs, boards, steps] = quick ? [15, 2, 2] : [50, 2, 5];
  const microBatches = microBatchesOf(boards);
  const period = await emulatedPeriod({ boards, computeMs: stageMs, linkMs: 0, schedule: 'sync', steps });
  const allowed = 1 / (stageMs * (1 + (boards - 1) / microBatches));
  const ratio = period && {
    value: 1 / period.value / allowed,
    min: 1 / period.max / allowed,
    max: 1 / period.min / allowed,
    to: 'what is allowed',
  };
  return {
    id: 'ring/sync/waiting/allowed',
    name: `sync, direct, ${boards} waiting boards`,
    values: {
      stageMs,
      linkMs: 0,
      reached: period && (boards * stageMs) / period.value,
      allowed: boards * stageMs * allowed,
    },
    ratio,
  };
}

function scaled({ value, min, max }: Ratio, factor: number): Ratio {
  return { value: value * factor, min: min * factor, max: max * factor };
}
