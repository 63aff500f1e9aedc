// A section's rows as text, the same for the terminal's table and for Markdown's. Columns that stay
// empty are left out.

import { goalText } from '../goals.js';
import { type Column, type Row, type Section, verdictOf } from './report.js';

const NONE = '–';

export interface Cells {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Which columns hold figures. */
  readonly figures: readonly number[];
}

export function cellsOf({ columns, rows }: Section): Cells {
  const measured = columns.filter(({ key }) => rows.some(({ values }) => (values[key] ?? null) !== null));
  const hasRatio = rows.some(({ ratio }) => ratio !== null);
  const hasNote = rows.some(({ note }) => note !== undefined);
  const head = [
    '',
    ...measured.map(({ title }) => title),
    ...(hasRatio ? RATIO_HEAD : []),
    ...(hasNote ? ['note'] : []),
  ];
  return {
    head,
    rows: rows.map((row) => [
      row.name,
      ...measured.map((column) => figure(row, column)),
      ...(hasRatio ? ratioCells(row) : []),
      ...(hasNote ? [row.note ?? ''] : []),
    ]),
    figures: [...measured.keys()].map((index) => index + 1),
  };
}

const RATIO_HEAD = ['ratio (spread)', 'to', 'goal', 'met'];

function ratioCells(row: Row): string[] {
  const { ratio } = row;
  if (ratio === null) return ['', '', '', ''];
  const verdict = verdictOf(row);
  const judged = verdict === null ? ['', ''] : [goalText(verdict.goal), verdict.met ? 'yes' : 'no'];
  return [`${share(ratio.value)} (${share(ratio.min)}–${share(ratio.max)})`, ratio.to, ...judged];
}

/** Ratios of a few thousandths need more digits than those around one. */
function share(value: number): string {
  return value < 0.1 ? value.toPrecision(2) : value.toFixed(2);
}

function figure({ values }: Row, { key, digits = 0 }: Column): string {
  const value = values[key] ?? null;
  if (value === null || !Number.isFinite(value)) return NONE;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
