// What the workers do with their time: computing of each kind, and waiting.

import type { TopLevelSpec } from 'vega-lite';
import { PARTS } from '../../charts/theme.js';
import { boardCounts, type Cell } from '../cells.js';
import { boardsText } from '../format.js';
import type { RunFigures } from '../result.js';
import type { Chart } from './chart-groups.js';
import { SIZE } from './series.js';

const ROW = 34;

export function phaseCharts(cells: readonly Cell[]): Chart[] {
  return boardCounts(cells).map((boards) => phaseChart(cells, boards));
}

function phaseChart(cells: readonly Cell[], boards: number): Chart {
  const present = cells.filter((cell) => cell.boards === boards);
  const values = present.flatMap(({ contestant, figures }) =>
    Object.entries(sharesOf(figures[0] as RunFigures)).map(([phase, share]) => ({ contestant, phase, share })),
  );
  const phases = Object.keys(PARTS).filter((part) => values.some(({ phase }) => phase === part));
  const about = 'Of an average worker, first round.';
  const spec = {
    width: SIZE.width,
    height: ROW * present.length,
    data: { values },
    mark: { type: 'bar', height: { band: 0.62 } },
    encoding: {
      y: { field: 'contestant', type: 'nominal', sort: null, axis: { title: null, labelLimit: 120 } },
      x: { field: 'share', type: 'quantitative', axis: { title: 'share of the run', format: '.0%' } },
      color: {
        field: 'phase',
        type: 'nominal',
        scale: { domain: phases, range: phases.map((phase) => PARTS[phase as keyof typeof PARTS]) },
      },
      order: { field: 'place', type: 'quantitative' },
    },
    transform: [{ calculate: `indexof(${JSON.stringify(phases)}, datum.phase)`, as: 'place' }],
  } as TopLevelSpec;
  return { name: `phases-${boards}`, title: `Shares of the run, ${boardsText(boards)}`, about, spec };
}

/** Busy seconds are split as they were spent; what is left of the time is waiting. */
function sharesOf({ positions }: RunFigures): Record<string, number> {
  const workers = positions.filter(({ position }) => position > 0);
  const shares: Record<string, number> = { idle: 0 };
  for (const { idleShare, seconds } of workers) {
    const busy = Object.values(seconds).reduce((total, each) => total + each, 0);
    shares.idle = (shares.idle as number) + idleShare / workers.length;
    for (const [phase, spent] of Object.entries(seconds))
      shares[phase] = (shares[phase] ?? 0) + (busy === 0 ? 0 : ((1 - idleShare) * spent) / busy / workers.length);
  }
  return shares;
}
