// A CSV file as numbers, read as a stream: every cell is parsed once and its text dropped, except the
// target's, which may turn out to be class names.

import { createReadStream } from 'node:fs';
import { CsvError, type Info, parse } from 'csv-parse';
import { DataError } from '../errors.js';
import { type Column, columnNamed } from './csv-columns.js';
import { unreadable } from './unreadable.js';

export interface CsvTable {
  readonly path: string;
  readonly columns: readonly Column[];
  readonly rowCount: number;
  /** `[rows, columns]`, row-major; NaN where a cell is no number. */
  readonly values: readonly number[];
  readonly target: Column;
  /** The target's cells as written. */
  readonly targetTexts: readonly string[];
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: Info;
}

const RECORD_LIMIT_BYTES = 1 << 20; // a file that is no CSV at all has no line ends to stop at

/** @throws DataError when the file cannot be read, is ragged, or lacks the target column */
export async function readCsv(path: string, header: boolean, target: string | number): Promise<CsvTable> {
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: RECORD_LIMIT_BYTES,
  });
  const file = createReadStream(path).on('error', (error) => parser.destroy(error));
  let builder: TableBuilder | undefined;
  try {
    for await (const { record, info } of file.pipe(parser) as AsyncIterable<CsvRecord>) {
      const first = builder === undefined;
      builder ??= new TableBuilder(path, header ? record : record.map((_, index) => String(index)), target);
      if (!first || !header) {
        builder.add(record, info.lines);
      }
    }
  } catch (cause) {
    throw explain(path, cause);
  } finally {
    file.destroy(); // a row at fault ends the loop, not the reading
  }
  if (builder === undefined) {
    throw new DataError(`${path} is empty`, { remedy: 'Name a CSV file with a header line and rows.' });
  }
  return builder;
}

class TableBuilder implements CsvTable {
  readonly columns: readonly Column[];
  readonly target: Column;
  readonly values: number[] = [];
  readonly targetTexts: string[] = [];

  constructor(
    readonly path: string,
    names: readonly string[],
    target: string | number,
  ) {
    this.columns = names.map((name, index) => ({ name, index, numeric: false, text: undefined }));
    this.target = columnNamed(path, this.columns, target);
  }

  get rowCount(): number {
    return this.targetTexts.length;
  }

  add(record: readonly string[], line: number): void {
    for (const column of this.columns) {
      const text = record[column.index] as string;
      const value = numberIn(text);
      this.values.push(value);
      if (!Number.isNaN(value)) {
        column.numeric = true;
      } else {
        column.text ??= { line, value: text };
      }
    }
    this.addTarget(record[this.target.index] as string, line);
  }

  private addTarget(text: string, line: number): void {
    if (text === '') {
      throw new DataError(`${this.path}, line ${line}: the target column "${this.target.name}" is empty`, {
        remedy: 'Fill in the cell or drop the row.',
      });
    }
    this.targetTexts.push(text);
  }
}

/** NaN for what is no number, or none that a 32-bit float can hold. */
function numberIn(text: string): number {
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(Math.fround(value)) ? value : Number.NaN;
}

function explain(path: string, cause: unknown): Error {
  if (cause instanceof DataError) {
    return cause;
  }
  if (cause instanceof CsvError) {
    const remedy = 'Give every line as many cells as the first, separated by commas; quote cells that contain one.';
    return new DataError(`${path} is no well-formed CSV file: ${cause.message}`, { cause, remedy });
  }
  return unreadable(path, cause);
}
