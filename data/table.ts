// Rows as they lie in memory, in the narrowest type that holds them exactly, and a split as a list of
// those rows: bytes of pixels stay bytes until a batch is read.

import { DataError } from '../errors.js';
import type { Split } from './data-source.js';

/** Row-major samples and one target a row. */
export interface Table {
  readonly samples: Uint8Array | Uint16Array | Float32Array;
  /** A stored value is divided by this on read: 255 for pixels, 1 for floats. */
  readonly divisor: number;
  readonly targets: Uint8Array | Float32Array;
  /** Per sample, without the rows. */
  readonly sampleShape: readonly number[];
}

const TARGET_SHAPE = [1] as const;

/** A split over the given rows of a table, in that order; over all of them by default. */
export function splitOf(table: Table, rows?: Uint32Array): Split {
  const { sampleShape } = table;
  const sampleSize = sampleShape.reduce((product, extent) => product * extent, 1);
  const count = rows?.length ?? table.targets.length;

  return {
    count,
    sampleShape,
    targetShape: TARGET_SHAPE,
    read(indices, samples, targets) {
      checkRoom('samples', samples.length, indices.length * sampleSize);
      checkRoom('targets', targets.length, indices.length);
      for (let i = 0; i < indices.length; i++) {
        const index = checkIndex(indices[i], count);
        const row = rows === undefined ? index : (rows[index] as number);
        copySample(table, row, samples, i * sampleSize, sampleSize);
        targets[i] = table.targets[row] as number;
      }
    },
  };
}

function copySample(table: Table, row: number, to: Float32Array, toOffset: number, size: number): void {
  const { samples, divisor } = table;
  const fromOffset = row * size;
  for (let i = 0; i < size; i++) {
    // A division, not a product with 1 / divisor: only so is 0.624 the same float as the one in the file.
    to[toOffset + i] = (samples[fromOffset + i] as number) / divisor;
  }
}

function checkIndex(index: number | undefined, count: number): number {
  if (index === undefined || !Number.isInteger(index) || index < 0 || index >= count) {
    throw new DataError(`row ${index} does not exist: this split has rows 0 to ${count - 1}`);
  }
  return index;
}

function checkRoom(buffer: string, length: number, needed: number): void {
  if (length < needed) {
    throw new DataError(`the buffer for ${buffer} holds ${length} floats, and the rows asked for need ${needed}`);
  }
}
