// A data source of one CSV file: numeric columns are the features, one column is the target, and the
// seed decides which rows are held out.

import { basename } from 'node:path';
import { DataError } from '../errors.js';
import { DEFAULT_HOLD_OUT } from '../protocol/run-spec.js';
import { type Column, featureColumns, requireNumbers } from './csv-columns.js';
import { type CsvTable, readCsv } from './csv-table.js';
import { findDataFile } from './data-files.js';
import type { CsvSpec, DataOptions, DataSource, Feature } from './data-source.js';
import { holdOut } from './hold-out.js';
import { measure, normalized, unchanged } from './normalize.js';
import { splitOf } from './table.js';

/** Its cells are held as numbers, the target's as text too. */
const MOST_BYTES = 256 * 1024 * 1024;

interface Targets {
  readonly values: Float32Array;
  readonly classNames: readonly string[] | undefined;
}

/** @throws DataError when the file is missing, malformed, too small, or lacks what the spec names */
export async function openCsv(spec: CsvSpec, options: DataOptions): Promise<DataSource> {
  const { seed, folders, features: known = [] } = options;
  const path = await findDataFile(folders, { name: spec.path, mostBytes: MOST_BYTES });
  const csv = await readCsv(path, spec.header ?? true, spec.target);
  const columns = featureColumns(path, csv.columns, csv.target, spec.columns);
  const { values: targets, classNames } = targetsOf(csv, spec.task);

  const testCount = heldOutCount(csv, spec.holdOut ?? DEFAULT_HOLD_OUT.csv);
  const { train, test } = holdOut(csv.rowCount, testCount, seed, classNames && targets);
  const featureOf = (column: Column) =>
    spec.normalize === 'none' ? unchanged(column.name) : measure(column.name, train, valuesOf(csv, column));
  const features = columns.map((column) => known.find(({ name }) => name === column.name) ?? featureOf(column));
  const samples = samplesOf(csv, columns, features);
  const table = { samples, divisor: 1, targets, sampleShape: [columns.length] };
  return { name: basename(path), train: splitOf(table, train), test: splitOf(table, test), classNames, features };
}

function targetsOf(csv: CsvTable, task: CsvSpec['task']): Targets {
  const numeric = csv.target.text === undefined;
  if ((task ?? (numeric ? 'regression' : 'classification')) === 'classification') {
    return classesOf(csv, numeric);
  }
  requireNumbers(csv.path, csv.target);
  return { values: Float32Array.from(csv.targetTexts, Number), classNames: undefined };
}

/** Class names in order (of number where all are numbers, so that 10 follows 9), and each row's index into them. */
function classesOf(csv: CsvTable, numeric: boolean): Targets {
  const classNames = [...new Set(csv.targetTexts)].sort(numeric ? (a, b) => Number(a) - Number(b) : undefined);
  if (classNames.length < 2) {
    throw new DataError(`${csv.path}: the target "${csv.target.name}" has ${classNames.length} classes`, {
      remedy: 'Name a target column with at least two different values.',
    });
  }
  const indexOf = new Map(classNames.map((name, index) => [name, index]));
  return { values: Float32Array.from(csv.targetTexts, (text) => indexOf.get(text) as number), classNames };
}

/** At least one row to train on and one to test with. */
function heldOutCount({ path, rowCount }: CsvTable, share: number): number {
  if (!(share > 0 && share < 1)) {
    throw new DataError(`holdOut is ${share}, expected a share between 0 and 1`, { remedy: 'Write 0.2 for a fifth.' });
  }
  if (rowCount < 2) {
    throw new DataError(`${path} has ${rowCount} rows, too few to train on one and hold out another`, {
      remedy: 'Add rows; a header line counts as none unless the run file says header: false.',
    });
  }
  return Math.min(Math.max(Math.round(rowCount * share), 1), rowCount - 1);
}

function valuesOf({ values, columns }: CsvTable, { index }: Column): (row: number) => number {
  return (row) => values[row * columns.length + index] as number;
}

/** `[rows, features]`, normalised in double precision before it is rounded to floats. */
function samplesOf(csv: CsvTable, columns: readonly Column[], features: readonly Feature[]): Float32Array {
  const samples = new Float32Array(csv.rowCount * columns.length);
  columns.forEach((column, position) => {
    const valueAt = valuesOf(csv, column);
    for (let row = 0; row < csv.rowCount; row++) {
      samples[row * columns.length + position] = normalized(valueAt(row), features[position] as Feature);
    }
  });
  return samples;
}
