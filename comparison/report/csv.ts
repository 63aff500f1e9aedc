// The results as a table for other programs, RFC 4180: a line for each run, figures without units or rounding.

import type { RunResult } from '../result.js';
import type { Target } from '../target.js';
import { COLUMNS } from './columns.js';

export function toCsv(results: readonly RunResult[], target: Target | null): string {
  const head = COLUMNS.map(({ key }) => key);
  const rows = results.map((result) => COLUMNS.map(({ of }) => of(result, target)));
  return tableOf([head, ...rows]);
}

export function tableOf(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
