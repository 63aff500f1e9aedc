// Reads what a run left in its folder: the curve (`metrics.csv`), the evaluations (`journal.ndjson`) and the
// figures of each position (`figures.json`).

import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { FrameError } from '../errors.js';
import { type BoardFigures, boardFiguresSchema } from '../protocol/run-messages.js';

const number = z.coerce.number();

const curveSchema = z.array(
  z.object({
    step: number,
    loss: number,
    time: number,
    /** In the time of the boards. */
    elapsedSeconds: number.optional(),
  }),
);
export type CurveRow = z.output<typeof curveSchema>[number];

const happeningSchema = z.looseObject({ time: z.string(), type: z.string(), state: z.string().optional() });
const evaluatedSchema = z.object({ step: z.number(), loss: z.number(), metric: z.string(), value: z.number() });
export type Evaluated = z.output<typeof evaluatedSchema>;

const positionsSchema = z.array(boardFiguresSchema);

export interface RawRun {
  readonly curve: readonly CurveRow[];
  readonly evaluations: readonly Evaluated[];
  /** When the first sample was sent, in milliseconds since the epoch; null if it never was. */
  readonly runningAt: number | null;
  readonly positions: readonly BoardFigures[];
}

/** @throws FrameError that names the file which is not as it should be */
export function readRawRun(files: { metrics: string; journal: string; figures: string }): RawRun {
  const happenings = lines(files.journal).map((line) => read('journal.ndjson', happeningSchema, json(line)));
  const running = happenings.find(({ type, state }) => type === 'state' && state === 'running');
  return {
    curve: read('metrics.csv', curveSchema, parse(files.metrics, { columns: true, skip_empty_lines: true })),
    evaluations: happenings
      .filter(({ type }) => type === 'evaluated')
      .map((happening) => read('journal.ndjson', evaluatedSchema, happening)),
    runningAt: running === undefined ? null : Date.parse(running.time),
    positions: read('figures.json', positionsSchema, json(files.figures)),
  };
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function read<Schema extends z.ZodType>(file: string, schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new FrameError(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}`);
}
