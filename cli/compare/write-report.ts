// Writes a comparison's report into its folder, beside the results of its runs.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { renderChart } from '../../charts/chart.js';
import { cellsOf } from '../../comparison/cells.js';
import { type Limits, limitsSchema } from '../../comparison/limits.js';
import type { Recovery } from '../../comparison/recovery.js';
import { reportFiles } from '../../comparison/report/files.js';
import type { Circumstances } from '../../comparison/report/report.js';
import type { RunResult } from '../../comparison/result.js';
import { chooseTarget } from '../../comparison/target.js';
import { type AimVerdict, verdicts } from '../../comparison/verdicts.js';
import { validate } from '../../protocol/validation.js';
import { parseRunFile } from '../run-file.js';

export interface Writing {
  readonly folder: string;
  readonly circumstances: Circumstances;
  readonly results: readonly RunResult[];
  readonly recovery: Recovery;
  /** `undefined` leaves the choice to the results. */
  readonly target: number | undefined;
}

export async function writeReport({
  folder,
  circumstances,
  results,
  recovery,
  target,
}: Writing): Promise<AimVerdict[]> {
  const limits = await readLimits(join(folder, 'limits.json'));
  const findings = { results, target: chooseTarget(cellsOf(results), target), limits, recovery };
  const files = await reportFiles(circumstances, findings, renderChart);
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return verdicts(findings);
}

/** @throws ConfigurationError when it is there and not as it should be */
async function readLimits(path: string): Promise<Limits | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null
    ? null
    : validate(path, limitsSchema, parseRunFile(path, text), 'Make it anew: `ringtmp limits` writes it.');
}
