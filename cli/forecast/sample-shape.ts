// The shape of a sample, which all that follows depends on: read from the data, or told where these are elsewhere.

import { parse } from 'node:path';
import { openDataSource } from '../../data/open-data-source.js';
import { ConfigurationError, DataError } from '../../errors.js';
import { checkModel } from '../../master/check-model.js';
import type { RunSpec } from '../../protocol/run-spec.js';

/**
 * @param told as `28x28`
 * @throws DataError when the data are not on this machine and nothing is told
 */
export async function sampleShape(spec: RunSpec, told: string | undefined): Promise<readonly number[]> {
  if (told !== undefined) return parseShape(told);
  try {
    const folders = [process.cwd(), parse(process.cwd()).root];
    const source = await openDataSource(spec.data, { seed: spec.seed, folders });
    checkModel(spec, source);
    return source.train.sampleShape;
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    const remedy = `${cause.remedy ?? ''} Or tell the shape of a sample: --input 28x28.`.trim();
    throw new DataError(cause.message, { remedy, cause });
  }
}

function parseShape(text: string): number[] {
  const extents = text.split('x').map(Number);
  if (extents.every((extent) => Number.isInteger(extent) && extent > 0)) return extents;
  throw new ConfigurationError(`--input takes the shape of a sample, got ${JSON.stringify(text)}`, {
    remedy: 'Write it as 784 or 28x28.',
  });
}
