// How each contestant learns: the held-out metric by time, the training loss by time and by step. Of the first
// round, for a mean of curves would show none of them.

import type { TopLevelSpec } from 'vega-lite';
import type { Cell } from '../cells.js';
import { boardsText, metricText } from '../format.js';
import type { Target } from '../target.js';
import type { Chart } from './chart-groups.js';
import { SIZE, seriesOf } from './series.js';

const BY_TIME = { field: 'seconds', type: 'quantitative', scale: { zero: true }, axis: { title: 'seconds' } };
const BY_STEP = { field: 'step', type: 'quantitative', scale: { zero: true }, axis: { title: 'steps' } };

export function learningCharts(cells: readonly Cell[], boards: number, target: Target | null): Chart[] {
  const present = cells.filter((cell) => cell.boards === boards);
  const held = heldOutChart(cells, present, target);
  const losses = [
    lossChart(cells, present, { name: 'loss-by-time', title: 'Training loss by time', x: BY_TIME }),
    lossChart(cells, present, { name: 'loss-by-step', title: 'Training loss by step', x: BY_STEP }),
  ];
  return [...held, ...losses].map(({ name, title, about, spec }) => {
    const at = boardsText(boards);
    return {
      name: `${name}-${boards}`,
      title: `${title}, ${at}`,
      about: `First round. ${about}`,
      spec,
    };
  });
}

interface LossAxis {
  readonly name: string;
  readonly title: string;
  readonly x: object;
}

function lossChart(all: readonly Cell[], present: readonly Cell[], { name, title, x }: LossAxis): Chart {
  const values = present.flatMap(({ contestant, figures }) => {
    const points = (figures[0]?.curve ?? []).filter(({ loss }) => loss > 0); // the axis is logarithmic
    return points.map((point) => ({ contestant, ...point }));
  });
  const { color, strokeDash } = seriesOf(all, 'dash');
  const ticks = logarithmicTicks(values.map(({ loss }) => loss));
  const axis = { title: 'loss', format: '~g', values: ticks };
  const y = { field: 'loss', type: 'quantitative', scale: { type: 'log', nice: false }, axis };
  const mark = { type: 'line', strokeWidth: 1.5 };
  const spec = { ...SIZE, data: { values }, mark, encoding: { x, y, color, strokeDash } } as TopLevelSpec;
  return { name, title, about: 'Lower is better.', spec };
}

const WITHIN_A_DECADE = [1, 2, 5];

/** The round figures between the least and the largest. */
function logarithmicTicks(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const decades = Array.from({ length: 16 }, (_, index) => 10 ** (index - 10));
  return decades
    .flatMap((decade) => WITHIN_A_DECADE.map((each) => each * decade))
    .filter((tick) => tick >= least && tick <= most);
}

function heldOutChart(all: readonly Cell[], present: readonly Cell[], target: Target | null): Chart[] {
  const values = present.flatMap(({ contestant, figures }) =>
    (figures[0]?.evaluations ?? []).map(({ seconds, value }) => ({ contestant, seconds, value })),
  );
  const metric = present[0]?.figures[0]?.metric;
  if (values.length === 0 || metric === undefined) return [];
  const y = {
    field: 'value',
    type: 'quantitative',
    scale: { zero: false },
    axis: { title: metric, format: metric === 'accuracy' ? '.0%' : '~g' },
  };
  const curves = { data: { values }, encoding: { x: BY_TIME, y, ...seriesOf(all, 'shape') } };
  const layer = [...marksOf(curves), ...(target === null ? [] : [goalLine(target, y)])];
  const goal = target === null ? '' : `The dotted line is the target, ${metricText(metric, target.value)}.`;
  return [
    { name: 'held-out', title: `Held-out ${metric} by time`, about: goal, spec: { ...SIZE, layer } as TopLevelSpec },
  ];
}

function marksOf({ data, encoding }: { data: object; encoding: { shape: object; strokeDash: object } }): object[] {
  const { shape, strokeDash, ...others } = encoding;
  return [
    { data, mark: 'line', encoding: { ...others, strokeDash } },
    { data, mark: 'point', encoding: { ...others, shape } },
  ];
}

function goalLine({ value }: Target, y: object): object {
  return {
    data: { values: [{ value }] },
    mark: { type: 'rule', color: '#5f5d57', strokeDash: [2, 3] },
    encoding: { y },
  };
}
