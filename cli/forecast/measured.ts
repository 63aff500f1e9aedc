// What a run that was made has measured: the pace from its metrics.csv, the figures of each position from its
// figures.json.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { medianStep } from '../../comparison/pace.js';
import { DataError } from '../../errors.js';
import { joulesIn } from '../../protocol/energy.js';
import { nodeFiguresSchema } from '../../protocol/node-figures.js';
import { resolvedRunSpecSchema, stepsTogether } from '../../protocol/run-spec.js';
import { validate } from '../../protocol/validation.js';

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

/** Of emulated boards in their own time. */
const rowsSchema = z.array(z.object({ elapsedSeconds: z.string().min(1).pipe(z.coerce.number()) }));

/** @throws DataError when the folder is not that of a run that has ended */
export async function readRunFigures(folder: string): Promise<MeasuredRun> {
  const spec = await read(folder, 'spec.json', json(resolvedRunSpecSchema));
  const rows = await read(folder, 'metrics.csv', (text) => checked(rowsSchema, parse(text, { columns: true })));
  const times = rows.map(({ elapsedSeconds }) => 1000 * elapsedSeconds);
  const steps = times.length;
  const figures = await read(folder, 'figures.json', json(figuresSchema));
  const positions = figures.flatMap(({ position, agent, figures }): MeasuredPosition[] => {
    if (figures === null) return [];
    const { idleShare, bytesOut, bytesIn, energy } = figures;
    const joules = energy ? joulesIn(energy) / steps : null;
    return [{ position, agent, idleShare, bytesOut: bytesOut / steps, bytesIn: bytesIn / steps, joules }];
  });
  return { mode: spec.mode, stepMs: paceOf(times, stepsTogether(spec), folder), steps, positions };
}

function paceOf(times: readonly number[], together: number, folder: string): number {
  const stepMs = medianStep(times, together);
  if (stepMs !== null) return stepMs;
  throw new DataError(`the run in ${folder} has made ${times.length} steps, too few for a pace`, {
    remedy: 'Name the folder of a run of at least two steps.',
  });
}

async function read<Content>(folder: string, name: string, parsed: (text: string) => Content): Promise<Content> {
  const text = await readFile(join(folder, name), 'utf8').catch((cause: Error) => {
    throw noRun(`there is no ${name} in ${folder}: ${cause.message}`, cause);
  });
  try {
    return parsed(text);
  } catch (cause) {
    throw noRun(`${name} in ${folder} is not that of a run: ${(cause as Error).message}`, cause);
  }
}

function json<Schema extends z.ZodType>(schema: Schema): (text: string) => z.output<Schema> {
  return (text) => checked(schema, JSON.parse(text));
}

function checked<Schema extends z.ZodType>(schema: Schema, content: unknown): z.output<Schema> {
  return validate('its content', schema, content);
}

function noRun(message: string, cause: unknown): DataError {
  const remedy = 'Name the folder of a run that has ended, as `ringtmp runs` lists them.';
  return new DataError(message, { remedy, cause });
}
