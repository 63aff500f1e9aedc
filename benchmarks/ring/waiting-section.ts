// Rings of waiting stages, over their number and what links cost.

import type { BenchContext } from '../group.js';
import type { Row, Section } from '../report/report.js';
import { emulatedPeriod } from './emulated-period.js';

const [COMPUTE_MS, QUICK_COMPUTE_MS] = [50, 15];
const [STEPS, QUICK_STEPS] = [5, 2];
const [BOARDS, QUICK_BOARDS] = [[2, 4, 8], [2]];
/** As goals name them, and as shares of T. */
const LINK_COSTS: readonly [name: string, share: number][] = [
  ['0', 0],
  ['T/2', 0.5],
  ['T', 1],
];

export async function waitingSection({ quick, progress }: BenchContext): Promise<Section> {
  const computeMs = quick ? QUICK_COMPUTE_MS : COMPUTE_MS;
  const rows: Row[] = [];
  for (const boards of quick ? QUICK_BOARDS : BOARDS) {
    for (const [name, share] of LINK_COSTS) {
      progress(`ring: ${boards} waiting stages, links of ${name}`);
      rows.push(await measure(boards, computeMs, name, share * computeMs, quick ? QUICK_STEPS : STEPS));
    }
  }
  return {
    title: 'Rings of stages that only wait',
    about: [
      `Emulated: each board takes T = ${computeMs} ms a micro-batch, each link c a frame, one at a time in each direction;`,
      'all boards in one process. Schedule async; the spread is over steps. At best the period is max(c, T).',
    ],
    columns: [
      { key: 'linkMs', title: 'c, ms' },
      { key: 'periodMs', title: 'period, ms', digits: 2 },
    ],
    rows,
    peers: [],
  };
}

async function measure(boards: number, computeMs: number, link: string, linkMs: number, steps: number): Promise<Row> {
  const period = await emulatedPeriod({ boards, computeMs, linkMs, schedule: 'async', steps });
  const best = Math.max(linkMs, computeMs);
  const ratio = period && {
    value: period.value / best,
    min: period.min / best,
    max: period.max / best,
    to: 'max(c, T)',
  };
  return {
    id: `ring/waiting/${boards}/${link}`,
    name: `${boards} boards, c = ${link}`,
    values: { linkMs, periodMs: period?.value ?? null },
    ratio,
    ...(period === null && { note: 'this version does not know the schedule async' }),
  };
}
