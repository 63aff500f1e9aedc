// Can the run's wire carry the data? The samples are what the master sends first: a value that f16 cannot
// hold is found here, and not once all boards have built their stages.

import { sizeOf } from '../compute/tensor.js';
import type { DataSource, Split } from '../data/data-source.js';
import { ConfigurationError } from '../errors.js';
import { LARGEST, type Wire } from '../protocol/wire-dtypes.js';

/** Rows read at a time. */
const ROWS = 256;

interface Found {
  /** In the order of the split, which is not that of a file. */
  readonly sample: number;
  /** Within the sample. */
  readonly at: number;
  readonly value: number;
}

/** @throws ConfigurationError naming the first value that is too large, and where it is */
export function checkWire({ activations }: Wire, { name, train, test, features }: DataSource): void {
  if (activations !== 'f16') return; // the others have the range of what the samples are
  for (const [which, split] of Object.entries({ training: train, 'held-out': test })) {
    const found = firstBeyond(split, LARGEST[activations]);
    if (found === null) continue;
    const where = features ? `column ${features[found.at]?.name}` : `place ${found.at} of sample ${found.sample}`;
    throw new ConfigurationError(
      `${name} has ${found.value} in ${where} (${which}), but wire.activations is ${activations}, which holds at most ${LARGEST[activations]}`,
      { remedy: 'Normalise the data (of a table: data.normalize: standard), or set wire.activations to bf16 or f32.' },
    );
  }
}

function firstBeyond(split: Split, largest: number): Found | null {
  const size = sizeOf(split.sampleShape);
  const samples = new Float32Array(ROWS * size);
  const targets = new Float32Array(ROWS * sizeOf(split.targetShape));
  for (let first = 0; first < split.count; first += ROWS) {
    const rows = Uint32Array.from({ length: Math.min(ROWS, split.count - first) }, (_, row) => first + row);
    split.read(rows, samples, targets);
    const index = samples.subarray(0, rows.length * size).findIndex((value) => Math.abs(value) > largest);
    if (index >= 0) {
      return { sample: first + Math.floor(index / size), at: index % size, value: samples[index] as number };
    }
  }
  return null;
}
