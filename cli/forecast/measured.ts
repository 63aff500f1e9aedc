// What a run that was made has measured: the pace from its metrics.csv, the figures of each position from its
// figures.json.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { DataError } from '../../errors.js';
import { nodeFiguresSchema } from '../../protocol/messages.js';
import { resolvedRunSpecSchema } from '../../protocol/run-spec.js';

export interface MeasuredPosition {
  readonly position: number;
  readonly agent: string;
  readonly idleShare: number;
  /** By step, of those that the run has made. */
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly joules: number | null;
}

export interface MeasuredRun {
  readonly mode: 'ring' | 'star';
  /** Median over the steps, so that evaluations and the warming up do not count. */
  readonly stepMs: number;
  readonly steps: number;
  readonly positions: readonly MeasuredPosition[];
}

const figuresSchema = z.array(
  z.object({ position: z.int().min(0), agent: z.string(), figures: nodeFiguresSchema.nullable() }),
);

/** @throws DataError when the folder is not that of a run that has ended */
export async function readRunFigures(folder: string): Promise<MeasuredRun> {
  const { mode } = resolvedRunSpecSchema.parse(JSON.parse(await readText(folder, 'spec.json')));
  const rows = parse<{ time: string; elapsedSeconds: string }>(await readText(folder, 'metrics.csv'), {
    columns: true,
  });
  const times = rows.map(({ elapsedSeconds }) => 1000 * Number(elapsedSeconds)); // of emulated boards in their own time
  const steps = times.length;
  const figures = figuresSchema.parse(JSON.parse(await readText(folder, 'figures.json')));
  const positions = figures.flatMap(({ position, agent, figures }): MeasuredPosition[] => {
    if (figures === null) return [];
    const { idleShare, bytesOut, bytesIn, energy } = figures;
    const joules = energy ? Object.values(energy.joules).reduce((sum, each) => sum + each, 0) / steps : null;
    return [{ position, agent, idleShare, bytesOut: bytesOut / steps, bytesIn: bytesIn / steps, joules }];
  });
  return { mode, stepMs: medianStepMs(times, folder), steps, positions };
}

function medianStepMs(times: readonly number[], folder: string): number {
  const eachMs = times
    .slice(1)
    .map((time, index) => time - (times[index] as number))
    .sort((a, b) => a - b);
  const median = eachMs[eachMs.length >> 1];
  if (median !== undefined) return median;
  throw new DataError(`the run in ${folder} has made ${times.length} steps, too few for a pace`, {
    remedy: 'Name the folder of a run of at least two steps.',
  });
}

async function readText(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (cause) {
    throw new DataError(`there is no ${name} in ${folder}: ${(cause as Error).message}`, {
      remedy: 'Name the folder of a run that has ended, as `ringtmp runs` lists them.',
      cause,
    });
  }
}
