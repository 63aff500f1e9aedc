// Plain tables, without lines: columns as wide as needed, one of them elided when the width is short.

import Table from 'cli-table3';
import { cut } from './format.js';

export interface TableOptions {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The column that gives way when the terminal is narrow. */
  readonly elastic?: number;
  readonly width: number;
  /** Columns of figures stand to the right. */
  readonly rightAligned?: readonly number[];
  readonly paint?: (head: string) => string;
}

const GAP = 2;
const NARROWEST = 6;
const EDGES = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
] as const;
const LINES = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'] as const;

export function renderTable(options: TableOptions): string {
  const { head, rightAligned = [], paint = (text: string) => text } = options;
  const rows = fitted(options);
  const table = new Table({
    head: head.map(paint),
    chars: { ...Object.fromEntries([...EDGES, ...LINES].map((part) => [part, ''])), middle: ' '.repeat(GAP) },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    colAligns: head.map((_, column) => (rightAligned.includes(column) ? 'right' : 'left')),
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function fitted({ head, rows, elastic, width }: TableOptions): readonly (readonly string[])[] {
  if (elastic === undefined) return rows;
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const others = widths.reduce((sum, each, column) => sum + (column === elastic ? 0 : each), GAP * (head.length - 1));
  const room = Math.max(NARROWEST, head[elastic]?.length ?? 0, width - others);
  return rows.map((row) => row.map((cell, column) => (column === elastic ? cut(cell, room) : cell)));
}
