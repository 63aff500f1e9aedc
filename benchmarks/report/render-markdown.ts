// A report as a part of docs/benchmarks.md. Each part stands between marks that name its group, so that
// measuring anew replaces that part alone and leaves what people wrote.

import { goalText } from '../goals.js';
import { machineText } from '../machine.js';
import { cellsOf } from './cells.js';
import { peerText } from './render-text.js';
import { type GroupReport, type Section, unmeasuredGoals } from './report.js';

const TITLE = '# Benchmarks\n';

export function renderMarkdown(report: GroupReport): string {
  const { command, machine, date, sections } = report;
  const context = ['```sh', command, '```', '', `${machineText(machine)}, ${date}.`].join('\n');
  const parts = sections.map((section, index) => sectionMarkdown(section, index === 0 ? [context] : []));
  return [...parts, ...unmeasured(report)].join('\n\n');
}

function sectionMarkdown(section: Section, context: readonly string[]): string {
  const about = section.about.join('\n');
  const peers = section.peers.map((peer) => `- ${peerText(peer)}`).join('\n');
  return [`## ${section.title}`, about, ...context, tableOf(section), peers].filter(Boolean).join('\n\n');
}

function tableOf(section: Section): string {
  const { head, rows, figures } = cellsOf(section);
  const rule = head.map((_, column) => (figures.includes(column) ? '---:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n');
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|');
}

function unmeasured(report: GroupReport): string[] {
  const goals = unmeasuredGoals(report).map((goal) => `- \`${goal.id}\`: ${goal.what} ${goalText(goal)}`);
  return goals.length === 0 ? [] : [['Goals that were not measured here:', '', ...goals].join('\n')];
}

/** The page with this report in the place of the group's former one, or at its end. */
export function updatePage(page: string, report: GroupReport): string {
  const [begin, end] = [`<!-- bench:${report.group}:begin -->`, `<!-- bench:${report.group}:end -->`];
  const part = `${begin}\n${renderMarkdown(report)}\n${end}`;
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from >= 0 && to > from) return page.slice(0, from) + part + page.slice(to + end.length);
  return `${page === '' ? TITLE : page.trimEnd()}\n\n${part}\n`.replace('\n\n\n', '\n\n');
}
