// The charts of a report, as descriptions: each has a name, which is also its file's, a title and a sentence
// that says what to look for.

import type { TopLevelSpec } from 'vega-lite';
import { boardCounts, cellsOf } from '../cells.js';
import type { Findings } from '../verdicts.js';
import { boardCharts } from './board-charts.js';
import { learningCharts } from './learning-charts.js';
import { phaseCharts } from './phase-charts.js';

export interface Chart {
  readonly name: string;
  readonly title: string;
  /** What it shows, for who cannot see it and for who looks at it. */
  readonly about: string;
  readonly spec: TopLevelSpec;
}

export interface ChartGroup {
  readonly title: string;
  readonly charts: readonly Chart[];
}

export function chartGroups({ results, target }: Findings): ChartGroup[] {
  const cells = cellsOf(results).filter(({ figures }) => figures.length > 0);
  const groups = [
    { title: 'By number of boards', charts: boardCharts(cells, target) },
    { title: 'Where a worker’s time goes', charts: phaseCharts(cells) },
    { title: 'Learning', charts: boardCounts(cells).flatMap((boards) => learningCharts(cells, boards, target)) },
  ];
  return groups.filter(({ charts }) => charts.length > 0);
}
