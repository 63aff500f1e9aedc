// From a run file's `data` section to an open data source. This is the one place that knows all kinds,
// so that everyone else sees only splits.

import { openCsv } from './csv.js';
import type { DataSource, DataSpec } from './data-source.js';
import { openIdx } from './idx.js';
import { openMnist } from './mnist.js';

export interface DataOptions {
  /** Decides which rows are held out, where the files themselves do not. */
  readonly seed: number;
  /** Where files may be read; a relative path starts in the first of them that has it. */
  readonly folders: readonly string[];
}

/** @throws DataError when a file is missing, out of bounds, malformed, or too small to hold anything out */
export async function openDataSource(spec: DataSpec, { seed, folders }: DataOptions): Promise<DataSource> {
  switch (spec.source) {
    case 'mnist':
      return openMnist(spec, seed);
    case 'idx':
      return openIdx(spec, folders);
    case 'csv':
      return openCsv(spec, seed, folders);
  }
}
