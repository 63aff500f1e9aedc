// What keeps whom busy, generated from the results, so that a reader sees why the figures are as they are.

import { type Cell, contestantsOf } from '../cells.js';
import { percent, scaled } from '../format.js';
import { type Load, loadsOf, reasonsOf } from '../why.js';
import type { Section } from './section.js';

const HEAD = [
  ...['contestant', 'boards', 'busiest worker', 'busy', 'computes a step', 'idlest worker', 'busy'],
  ...['busiest link', 'in use, out', 'in use, in', 'bytes on it'],
];
const ABOUT =
  'Of the first round: the worker that computes most of the time, the one that does least, and the link that is in use most. ' +
  'In use: its bytes each way, over the time, over what the emulated link can carry; – where none is emulated. How far ring ' +
  'and star scale beyond these numbers of boards, modelled, and why, is in docs/scaling.md of the project.';

/** None where nothing finished. */
export function whySections(cells: readonly Cell[]): Section[] {
  const loads = loadsOf(cells);
  if (loads.length === 0) return [];
  const names = contestantsOf(cells).map(({ contestant }) => contestant);
  const sorted = names.flatMap((name) => loads.filter(({ contestant }) => contestant === name));
  const table = { head: HEAD, rows: sorted.map(rowOf), texts: 1 };
  return [{ id: 'why', title: 'Why', about: [...reasonsOf(loads), ABOUT], tables: [table] }];
}

function rowOf({ contestant, boards, busiest, idlest, link, busyMsPerStep }: Load): string[] {
  return [
    ...[contestant, String(boards)],
    ...[busiest.agent, percent(1 - busiest.idleShare), `${busyMsPerStep.toPrecision(3)} ms`],
    ...[idlest.agent, percent(1 - idlest.idleShare)],
    ...[link.name, percent(link.out), percent(link.in), scaled(link.bytes, 'B')],
  ];
}
