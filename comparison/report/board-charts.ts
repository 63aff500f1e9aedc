// What changes with the number of boards: a chart for each measure, the range of the rounds as a bar.

import type { TopLevelSpec } from 'vega-lite';
import { type Cell, spreadIn } from '../cells.js';
import { energySources } from '../energy-sources.js';
import type { Measure } from '../measures.js';
import * as measures from '../measures.js';
import type { Target } from '../target.js';
import type { Chart } from './chart-groups.js';
import { SIZE, seriesOf } from './series.js';

interface Axis {
  readonly measure: Measure;
  readonly title: string;
  readonly format: string;
  /** What to keep in mind. */
  readonly note?: string;
}

const AXES: readonly Axis[] = [
  { measure: measures.idleShare, title: 'idle', format: '.0%', note: ' The mean of all workers.' },
  { measure: measures.idlestShare, title: 'idle', format: '.0%' },
  { measure: measures.secondsToTarget, title: 'seconds', format: '~s' },
  { measure: measures.joulesToTarget, title: 'joules', format: '~s' },
  { measure: measures.bytesSent, title: 'bytes', format: '~s' },
  { measure: measures.busiestLinkBytes, title: 'bytes', format: '~s' },
  { measure: measures.samplesPerSecond, title: 'samples a second', format: '~s' },
  { measure: measures.peakRssBytes, title: 'bytes', format: '~s', note: ' The whole process, as on this computer.' },
];

export function boardCharts(cells: readonly Cell[], target: Target | null): Chart[] {
  return AXES.flatMap((axis) => {
    const values = cells.flatMap((cell) => {
      const spread = spreadIn(cell, axis.measure, target);
      return spread === null ? [] : [{ contestant: cell.contestant, boards: cell.boards, ...spread }];
    });
    return values.length === 0 ? [] : [chartOf(axis, cells, values)];
  });
}

function chartOf(axis: Axis, cells: readonly Cell[], values: readonly object[]): Chart {
  const { key, title, better, sourceOf } = axis.measure;
  const source = sourceOf ? energySources(cells.flatMap(({ results }) => results)) : null;
  const from = source === null ? '' : ` ${source.charAt(0).toUpperCase()}${source.slice(1)}.`;
  const about = `${better === 'less' ? 'Lower' : 'Higher'} is better.${axis.note ?? ''}${from}`;
  return { name: key, title, about, spec: specOf(axis, cells, values) as TopLevelSpec };
}

function specOf({ title, format }: Axis, cells: readonly Cell[], values: readonly object[]): object {
  const series = seriesOf(cells, 'shape');
  const y = { field: 'median', type: 'quantitative', axis: { title, format }, scale: { zero: true } };
  return {
    ...SIZE,
    data: { values },
    encoding: { x: { field: 'boards', type: 'ordinal', axis: { title: 'boards', labelAngle: 0 } } },
    layer: [
      { mark: 'line', encoding: { y, color: series.color, strokeDash: series.strokeDash } },
      { mark: 'point', encoding: { y, color: series.color, shape: series.shape } },
      {
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: { y: { ...y, field: 'min' }, y2: { field: 'max' }, color: series.color },
      },
    ],
  };
}
