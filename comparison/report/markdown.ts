// The report in Markdown, its charts as files beside it.

import { cellsOf } from '../cells.js';
import type { RunResult } from '../result.js';
import { COLUMNS, cellText, RAW_FILES } from './columns.js';
import { duelTables } from './duel-section.js';
import { markdown } from './escape.js';
import { FORECAST_ABOUT, FORECAST_HEAD, FORECAST_TITLE, forecastRows } from './forecast-section.js';
import { legend } from './legend.js';
import { limitsSections } from './limits-section.js';
import { fileOf, RECOVERY_HEAD, RECOVERY_TITLE, recoveryAbout, recoveryRows } from './recovery-section.js';
import type { DrawnGroup, Report } from './report.js';
import { ruleText } from './rule.js';
import { sectionMarkdown } from './section.js';
import { whySections } from './why-section.js';

const SIGNS = { holds: '✓ holds', 'does not hold': '✗ does not hold', 'not measured': '– not measured' } as const;

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
    ...recoveryTable(report),
    ...limitsSections(report.findings.limits).map(sectionMarkdown),
    ...report.groups.map(chartSection),
    ...forecastTable(report),
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
  const rows = verdicts.map(({ aim, title, verdict, sentence }) => {
    return row([String(aim), markdown(title), `**${SIGNS[verdict]}**`, markdown(sentence)]);
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

function forecastTable({ findings: { results } }: Report): string[] {
  const rows = forecastRows(results);
  if (rows.length === 0) return [];
  const rule = FORECAST_HEAD.map((_, index) => (index === 0 ? '---' : '---:'));
  return [`## ${FORECAST_TITLE}`, FORECAST_ABOUT, [row(FORECAST_HEAD), row(rule), ...rows.map(row)].join('\n')];
}

function recoveryTable({ findings: { recovery } }: Report): string[] {
  const { results } = recovery;
  if (results.length === 0) return [];
  const rule = RECOVERY_HEAD.map((_, index) => (index < 2 ? '---' : '---:'));
  const table = [RECOVERY_HEAD, rule, ...recoveryRows(recovery).map((cells) => cells.map(markdown))]
    .map(row)
    .join('\n');
  const files = results.map((result) => `[${markdown(result.contestant)}](${fileOf(result)})`).join(', ');
  const ends = `Each fault as [CSV](recovery.csv); all that is known of them: ${files}.`;
  return [`## ${RECOVERY_TITLE}`, ...recoveryAbout(recovery).map(markdown), table, ends];
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
