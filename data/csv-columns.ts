// Finds the columns that a run file names, and says which name was probably meant when there is none.

import { closest } from 'fastest-levenshtein';
import { DataError } from '../errors.js';

export interface Column {
  readonly name: string;
  readonly index: number;
  /** Whether any cell is a number. */
  numeric: boolean;
  /** The first cell that is none, and its line in the file. */
  text: { readonly line: number; readonly value: string } | undefined;
}

/** @param wanted a name, or an index from 0 @throws DataError when there is no such column, or two of them */
export function columnNamed(path: string, columns: readonly Column[], wanted: string | number): Column {
  const found = columns.filter(({ name, index }) => (typeof wanted === 'number' ? index : name) === wanted);
  if (found.length > 1) {
    throw new DataError(`${path} has ${found.length} columns called "${wanted}"`, {
      remedy: 'Give each column its own name.',
    });
  }
  const [column] = found;
  if (column === undefined) {
    throw noSuchColumn(path, columns, wanted);
  }
  return column;
}

/**
 * The features in file order: those named, else every numeric column but the target.
 * @throws DataError when a feature has a cell that is no number, or when there are no features
 */
export function featureColumns(
  path: string,
  columns: readonly Column[],
  target: Column,
  names: readonly string[] | undefined,
): readonly Column[] {
  const chosen = names === undefined ? undefined : new Set(names.map((name) => columnNamed(path, columns, name)));
  if (chosen?.has(target)) {
    throw new DataError(`"${target.name}" is both the target and one of the columns to predict it from`, {
      remedy: `Take "${target.name}" out of columns.`,
    });
  }
  const features = columns.filter((column) =>
    chosen === undefined ? column.numeric && column !== target : chosen.has(column),
  );
  if (features.length === 0) {
    throw new DataError(`${path} has no numeric column to predict "${target.name}" from`, {
      remedy: 'Name at least one under columns, and write numbers with a decimal point.',
    });
  }
  for (const feature of features) {
    requireNumbers(path, feature);
  }
  return features;
}

/** @throws DataError naming the first cell that is no number */
export function requireNumbers(path: string, { name, text }: Column): void {
  if (text !== undefined) {
    throw new DataError(
      `${path}, line ${text.line}, column "${name}": "${text.value}" is not a number that a 32-bit float can hold`,
      { remedy: 'Correct the cell, drop the row, or list the columns to use without this one.' },
    );
  }
}

function noSuchColumn(path: string, columns: readonly Column[], wanted: string | number): DataError {
  const names = columns.map(({ name }) => name);
  const known = names.map((name) => `"${name}"`).join(', ');
  return typeof wanted === 'number'
    ? new DataError(`${path} has no column ${wanted}: it has columns 0 to ${columns.length - 1} (${known})`, {
        remedy: 'Count the columns from 0, or name one.',
      })
    : new DataError(`${path} has no column "${wanted}": it has ${known}`, {
        remedy: `Did you mean "${closest(wanted, names)}"?`,
      });
}
