// A report for the terminal.

import { renderTable } from '../../cli/view/table.js';
import { goalText } from '../goals.js';
import { machineText } from '../machine.js';
import { cellsOf } from './cells.js';
import { type GroupReport, type PeerNote, type Section, unmeasuredGoals } from './report.js';

export function renderText(report: GroupReport, width: number): string {
  const { group, machine, date, sections } = report;
  const heading = `${group}: ${machineText(machine)}, ${date}`;
  return [heading, ...sections.map((section) => sectionText(section, width)), ...unmeasured(report)].join('\n\n');
}

function sectionText(section: Section, width: number): string {
  const { head, rows, figures } = cellsOf(section);
  const table = renderTable({ head, rows, width, rightAligned: figures });
  return [section.title, ...section.about, table, ...section.peers.map(peerText)].join('\n');
}

export function peerText({ name, about, remedy }: PeerNote): string {
  return about === null ? `${name} is not here. To measure it too: ${remedy}` : `${name}: ${about}`;
}

function unmeasured(report: GroupReport): string[] {
  const goals = unmeasuredGoals(report).map((goal) => `  ${goal.id}  ${goal.what} ${goalText(goal)}`);
  return goals.length === 0 ? [] : [['Goals that were not measured here:', ...goals].join('\n')];
}
