// The answer of a board as a table: whatever it tells, one figure a line, so that a newer board may tell more.

import { duration, figure, mebibytes, percent } from './format.js';
import { renderTable } from './table.js';

export function renderAnswer(data: unknown, width: number): string {
  const rows = rowsOf('', data);
  return rows.length === 0 ? 'done' : renderTable({ head: ['what', 'answer'], rows, elastic: 1, width });
}

function rowsOf(path: string, value: unknown): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return path === '' && !value ? [] : [[path, text(path, value)]];
  }
  return Object.entries(value).flatMap(([key, each]) => rowsOf(path === '' ? key : `${path}.${key}`, each));
}

/** Names carry units. */
function text(path: string, value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map((each) => text(path, each)).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'number') return String(value);
  if (path.endsWith('Bytes')) return mebibytes(value);
  if (/seconds/i.test(path)) return duration(value);
  if (path.endsWith('Share')) return percent(value);
  return Number.isInteger(value) ? String(value) : figure(value);
}
