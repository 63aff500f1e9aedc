// The files of a report, by their paths in its folder.

import { standalone } from '../../charts/theme.js';
import type { Findings } from '../verdicts.js';
import { type Chart, chartGroups } from './chart-groups.js';
import { toCsv } from './csv.js';
import { toHtml } from './html.js';
import { toMarkdown } from './markdown.js';
import { recoveryCsv } from './recovery-section.js';
import { type Circumstances, type DrawnChart, type DrawnGroup, reportOf } from './report.js';

export type Draw = (spec: Chart['spec']) => Promise<string>;

/** @param draw a chart as SVG */
export async function reportFiles(
  circumstances: Circumstances,
  findings: Findings,
  draw: Draw,
): Promise<Map<string, string>> {
  const groups: DrawnGroup[] = [];
  for (const { title, charts } of chartGroups(findings)) groups.push({ title, charts: await drawn(charts, draw) });
  const report = reportOf(circumstances, findings, groups);
  return new Map([
    ['report.html', toHtml(report)],
    ['report.md', toMarkdown(report)],
    ['results.csv', toCsv(findings.results, findings.target)],
    ...(findings.recovery.results.length > 0 ? [['recovery.csv', recoveryCsv(findings.recovery)] as const] : []),
    ...groups.flatMap(({ charts }) =>
      charts.map(({ name, svg }): [string, string] => [`charts/${name}.svg`, standalone(svg)]),
    ),
  ]);
}

function drawn(charts: readonly Chart[], draw: Draw): Promise<DrawnChart[]> {
  return Promise.all(charts.map(async ({ spec, ...chart }) => ({ ...chart, svg: await draw(spec) })));
}
