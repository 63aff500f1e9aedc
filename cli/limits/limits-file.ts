// Where the limits are kept: in a folder of their own, or in that of a comparison, whose report then tells of them.

import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Limits } from '../../comparison/limits.js';

/** Whole or not at all. @returns the file */
export async function saveLimits(folder: string, limits: Limits): Promise<string> {
  const path = join(folder, 'limits.json');
  await writeFile(`${path}.new`, `${JSON.stringify(limits, null, 1)}\n`);
  await rename(`${path}.new`, path);
  return path;
}
