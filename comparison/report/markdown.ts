// The report in Markdown, its charts as files beside it.

import { cellsOf } from '../cells.js';
import type { RunResult } from '../result.js';
import { COLUMNS, cellText, RAW_FILES } from './columns.js';
import { duelTables } from './duel-section.js';
import { markdown } from './escape.js';
import { forecastSections } from './forecast-section.js';
import { legend } from './legend.js';
import { limitsSections } from './limits-section.js';
import { recoverySections } from './recovery-section.js';
import type { DrawnGroup, Report } from './report.js';
import { ruleText, SIGNS } from './rule.js';
import { sectionMarkdown } from './section.js';
import { whySections } from './why-section.js';

export function toMarkdown(report: Report): string {
  const { results } = report.findings;
  const parts = [
    `# ${markdown(report.title)}`,
    `**${markdown(report.headline)}**`,
    ...report.warnings.map((warning) => `> ${markdown(warning)}`),
    verdictTable(report),
    markdown(ruleText(results)),
    report.facts.map(([label, text]) => `- ${label}: ${label === 'Command' ? code(text) : markdown(text)}`).join('\n'),
    sectionMarkdown(legend(results)),
    sectionMarkdown(duelTables(report)),
    ...whySections(cellsOf(results)).map(sectionMarkdown),
    ...recoverySections(report.findings.recovery).map(sectionMarkdown),
    ...limitsSections(report.findings.limits).map(sectionMarkdown),
    ...report.groups.map(chartSection),
    ...forecastSections(results).map(sectionMarkdown),
    '## All runs',
    runTable(report),
    'The same as [CSV](results.csv); everything that is known of each run, its curves among it, in its JSON file.',
  ];
  return `${parts.join('\n\n')}\n`;
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll('\n', ' ')}\``;
}

function verdictTable({ verdicts }: Report): string {
  const rows = verdicts.map(({ aim, title, verdict, plain, sentence }) => {
    const beside = plain === null ? '' : `; plain: ${SIGNS[plain]}`;
    return row([String(aim), markdown(title), `**${SIGNS[verdict]}**${beside}`, markdown(sentence)]);
  });
  return [row(['', 'The paper’s aim', 'Verdict', 'Figures']), row(['---:', '---', '---', '---']), ...rows].join('\n');
}

function chartSection({ title, charts }: DrawnGroup): string {
  const pictures = charts.map(
    ({ name, title, about }) =>
      `### ${markdown(title)}\n\n${markdown(about)}\n\n![${markdown(title)}](charts/${name}.svg)`,
  );
  return [`## ${markdown(title)}`, ...pictures].join('\n\n');
}

function runTable({ findings: { results, target } }: Report): string {
  const head = [...COLUMNS.map(({ title }) => title), 'files'];
  const rule = head.map(() => '---');
  const rows = results.map((result) => {
    return row([...COLUMNS.map((column) => markdown(cellText(column, result, target))), filesOf(result)]);
  });
  return [row(head), row(rule), ...rows].join('\n');
}

function filesOf(result: RunResult): string {
  const name = `runs/${result.contestant}-${result.boards}-${result.round}`;
  const raw = result.figures === null ? [] : RAW_FILES.map(([ending, what]) => `, [${what}](${name}.${ending})`);
  return `[JSON](${name}.json)${raw.join('')}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
