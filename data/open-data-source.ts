// From a run file's `data` section to an open data source. This is the one place that knows all kinds,
// so that everyone else sees only splits.

import { openCsv } from './csv.js';
import type { DataOptions, DataSource, DataSpec } from './data-source.js';
import { openIdx } from './idx.js';
import { openMnist } from './mnist.js';

/** @throws DataError when a file is missing, out of bounds, malformed, or too small to hold anything out */
export async function openDataSource(spec: DataSpec, { seed, folders, features }: DataOptions): Promise<DataSource> {
  switch (spec.source) {
    case 'mnist':
      return openMnist(spec, seed);
    case 'idx':
      return openIdx(spec, folders);
    case 'csv':
      return openCsv(spec, { seed, folders, features });
  }
}
