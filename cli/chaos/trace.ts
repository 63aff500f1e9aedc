// What a run that is on tells of itself in its folder: what happened (`journal.ndjson`) and its steps (`metrics.csv`),
// read on as they grow. It needs no broker, which may be away.

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { evaluationSchema, RUN_STATES, type RunState } from '../../protocol/run-messages.js';

const timeMs = z.iso.datetime().transform((text) => Date.parse(text));
const step = z.int().min(0);
const happeningSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('lost'), time: timeMs, step, error: z.object({ message: z.string() }) }),
  z.object({ type: z.literal('planned'), time: timeMs, plan: z.array(z.unknown()) }),
  z.object({ type: z.literal('begun'), time: timeMs, generation: z.int(), step }),
  z.object({ type: z.literal('cut'), time: timeMs, step, costMs: z.number() }),
  z.object({
    type: z.literal('state'),
    time: timeMs,
    state: z.enum(RUN_STATES),
    error: z.object({ message: z.string() }).optional(),
  }),
  evaluationSchema.extend({ type: z.literal('evaluated'), time: timeMs }),
]);
export type Happening = z.output<typeof happeningSchema>;

/** A step that was done for the first time; milliseconds since the epoch. */
export interface NewStep {
  readonly step: number;
  readonly time: number;
}

export interface Trace {
  readonly happenings: readonly Happening[];
  readonly steps: readonly NewStep[];
}

export class TraceReader {
  private readonly journal: Tail;
  private readonly metrics: Tail;
  private readonly trace = { happenings: [] as Happening[], steps: [] as NewStep[] };
  private columns: string[] | null = null;

  constructor(readonly folder: string) {
    this.journal = new Tail(join(folder, 'journal.ndjson'));
    this.metrics = new Tail(join(folder, 'metrics.csv'));
  }

  /** What there is by now. */
  async read(): Promise<Trace> {
    // First the steps: none is known without what happened before it.
    for (const line of await this.metrics.lines()) this.addStep(line.split(','));
    for (const line of await this.journal.lines()) this.addHappening(line);
    return this.trace;
  }

  private addStep(cells: string[]): void {
    const { columns } = this;
    this.columns ??= cells;
    if (columns === null) return;
    const cell = (name: string) => Number(cells[columns.indexOf(name)]);
    this.trace.steps.push({ step: cell('step'), time: cell('time') });
  }

  private addHappening(line: string): void {
    const { success, data } = happeningSchema.safeParse(JSON.parse(line));
    if (success) this.trace.happenings.push(data);
  }
}

export function lastOf<Type extends Happening['type']>(
  { happenings }: Trace,
  type: Type,
): Extract<Happening, { type: Type }> | undefined {
  return happenings.findLast((each): each is Extract<Happening, { type: Type }> => each.type === type);
}

export function stateOf(trace: Trace): RunState {
  return lastOf(trace, 'state')?.state ?? 'planning';
}

/** A file that grows by lines. What is not a whole one yet may still be taken back. */
class Tail {
  private offset = 0;

  constructor(private readonly path: string) {}

  async lines(): Promise<string[]> {
    const file = await open(this.path).catch(() => null);
    if (file === null) return [];
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(Buffer.alloc(Math.max(0, size - this.offset)), { position: this.offset });
      const whole = buffer.subarray(0, buffer.lastIndexOf(0x0a) + 1);
      this.offset += whole.length;
      return whole.toString().split('\n').slice(0, -1);
    } finally {
      await file.close();
    }
  }
}
