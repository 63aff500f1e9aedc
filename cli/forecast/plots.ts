// Charts of how a run scales, one file a figure: over the number of boards, both on logarithmic scales.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { renderChart } from '../../charts/chart.js';
import { FAMILIES, standalone } from '../../charts/theme.js';
import { type ScalingRow, scalingRow } from './render-scaling.js';
import type { ScalingPoint, ScalingStudy } from './scaling.js';

interface Figure {
  readonly name: string;
  readonly field: keyof ScalingRow;
  readonly title: string;
  readonly scale: 'log' | 'linear';
  readonly format?: string;
}

const FIGURES: readonly Figure[] = [
  { name: 'throughput', field: 'samplesPerSecond', title: 'samples a second', scale: 'log' },
  { name: 'idle', field: 'idleShare', title: 'idle share, mean of the boards', scale: 'linear', format: '%' },
  { name: 'link', field: 'busiestLinkShare', title: 'busiest link, share of the time', scale: 'linear', format: '%' },
  { name: 'bytes', field: 'bytesPerSample', title: 'bytes a sample', scale: 'log', format: '~s' },
  { name: 'energy', field: 'joulesPerSample', title: 'joules a sample, whole fleet', scale: 'log' },
];

const COLORS = { ring: FAMILIES.ring[0], star: FAMILIES.star[0] } as const;
const [WIDTH, HEIGHT] = [420, 240];

/** @param folder that is there */
export async function writePlots(
  study: ScalingStudy,
  points: readonly ScalingPoint[],
  folder: string,
): Promise<string[]> {
  const rows = points.map(scalingRow).filter(({ stepMs }) => stepMs !== null);
  return Promise.all(
    FIGURES.map(async (figure) => {
      const path = join(folder, `${study.spec.name}-${figure.name}.svg`);
      await writeFile(path, standalone(await renderChart(chartOf(study, rows, figure))));
      return path;
    }),
  );
}

function chartOf({ spec, profiles, counts }: ScalingStudy, rows: readonly ScalingRow[], figure: Figure): TopLevelSpec {
  const { field, title, scale, format } = figure;
  const domain = scale === 'linear' ? { domain: [0, 1] } : {};
  return {
    width: WIDTH,
    height: HEIGHT,
    title: { text: `${spec.name} on ${profiles}, simulated`, anchor: 'start', fontSize: 12, fontWeight: 'normal' },
    data: { values: rows as object[] },
    mark: { type: 'line', point: true },
    encoding: {
      x: {
        field: 'boards',
        type: 'quantitative',
        title: 'boards',
        scale: { type: 'log' },
        axis: { values: [...counts] },
      },
      y: { field, type: 'quantitative', title, scale: { type: scale, ...domain }, axis: format ? { format } : {} },
      color: { field: 'mode', type: 'nominal', scale: { domain: Object.keys(COLORS), range: Object.values(COLORS) } },
      shape: { field: 'mode', type: 'nominal' },
      strokeDash: { field: 'mode', type: 'nominal' },
    },
  };
}
