// The same run in one process on one core, as `ringtmp train --local` does it: with what a ring must be
// compared.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunError } from '../../errors.js';
import { endsWithUs } from '../ends-with-us.js';
import type { Pinning } from '../pinning.js';
import { samplesPerSecond, stepsOf } from './throughput.js';
import type { Workload } from './workload.js';

const PROGRAM = fileURLToPath(new URL('../../cli/main.js', import.meta.url));

/** @param folder where the run's files may go */
export async function trainAlone(run: object, workload: Workload, folder: string, pinning: Pinning): Promise<number> {
  const own = await mkdtemp(join(folder, 'alone-'));
  const file = join(own, 'run.json');
  await writeFile(file, JSON.stringify(run));
  const args = [PROGRAM, 'train', '--local', file, '--runs', join(own, 'runs'), '--json'];
  const command = pinning.command(0, process.execPath, args);
  const child = endsWithUs(spawn(command.file, [...command.args], { stdio: ['ignore', 'ignore', 'inherit'] }));
  const [code] = await once(child, 'close');
  const [name = ''] = code === 0 ? await readdir(join(own, 'runs')) : [];
  const rate = code === 0 ? await rateOf(join(own, 'runs', name, 'metrics.csv'), workload) : null;
  await rm(own, { recursive: true });
  if (rate !== null) return rate;
  throw new RunError(`the run in one process ended with exit code ${code}`, { remedy: 'What it said stands above.' });
}

async function rateOf(metricsFile: string, { warmUpSteps, batch }: Workload): Promise<number | null> {
  return samplesPerSecond(stepsOf(await readFile(metricsFile, 'utf8')), warmUpSteps, batch);
}
