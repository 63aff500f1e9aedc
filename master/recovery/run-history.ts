// What a run's journal tells of it: enough for another master to go on. Power may have gone in the middle of a line, so
// it is read up to its last whole record.

import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ErrorReport } from '../../errors.js';
import { planEntrySchema, snapshotEntrySchema } from '../../protocol/assignment.js';
import { errorReportSchema } from '../../protocol/messages.js';
import { evaluationSchema, RUN_STATES, type RunState, warningSchema } from '../../protocol/run-messages.js';
import { CUTS_KEPT } from './cuts.js';
import type { Cut } from './holdings.js';

/** How a run ends. */
const ENDS = ['finished', 'stopped', 'failed'] as const;
export interface Ending {
  readonly state: (typeof ENDS)[number];
  readonly error?: ErrorReport | undefined;
}

/** Of a run, by its operator. */
const ASKED = ['pause', 'resume', 'stop'] as const;
export type Asked = (typeof ASKED)[number];

const whole = z.int().min(0);
const time = z.iso.datetime();
const recordSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('planned'), time, generation: whole, plan: z.array(planEntrySchema) }),
  z.object({ type: z.literal('begun'), time, generation: whole, step: whole }),
  z.object({
    type: z.literal('cut'),
    time,
    step: whole,
    snapshots: z.array(snapshotEntrySchema),
    agents: z.array(z.string()),
  }),
  z.object({ type: z.literal('asked'), time, what: z.enum(ASKED) }),
  z.object({ type: z.literal('ending'), time, state: z.enum(ENDS), error: errorReportSchema.optional() }),
  z.object({ type: z.literal('state'), time, state: z.enum(RUN_STATES) }),
  evaluationSchema.extend({ type: z.literal('evaluated'), time }),
  warningSchema.extend({ type: z.literal('warning'), time }),
]);
type JournalRecord = z.output<typeof recordSchema>;

export interface RunHistory {
  readonly state: RunState;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** It was about to end so: its boards may have let go already. */
  readonly ending: Ending | null;
  readonly generation: number;
  readonly plan: z.output<typeof planEntrySchema>[];
  /** Whoever has had a part, as it was last. */
  readonly tookPart: ReadonlyMap<string, z.output<typeof planEntrySchema>>;
  /** Those that are committed and not undone, the newest last. */
  readonly cuts: readonly Cut[];
  /** What its operator asked for last. */
  readonly asked: Asked | null;
  readonly evaluation: z.output<typeof evaluationSchema> | null;
  readonly warnings: readonly z.output<typeof warningSchema>[];
}

/** @returns null when the journal tells of no plan: nothing was begun */
export function historyOf(journal: string): RunHistory | null {
  const records = recordsIn(journal);
  const planned = records.findLast((each) => each.type === 'planned');
  if (planned === undefined) return null;
  const state = records.findLast((each) => each.type === 'state')?.state ?? 'planning';
  const { type: _, time: __, ...evaluation } = records.findLast((each) => each.type === 'evaluated') ?? NONE;
  return {
    state,
    startedAt: Date.parse((records[0] as JournalRecord).time),
    ending: endingIn(records),
    generation: planned.generation,
    plan: planned.plan,
    tookPart: tookPartIn(records),
    cuts: cutsIn(records),
    asked: records.findLast((each) => each.type === 'asked')?.what ?? null,
    evaluation: 'step' in evaluation ? (evaluation as RunHistory['evaluation']) : null,
    warnings: records.flatMap((each) => {
      if (each.type !== 'warning') return [];
      const { type: _type, time: _time, ...warning } = each;
      return [warning];
    }),
  };
}

const NONE = { type: 'none', time: '' } as const;

/** What later versions write besides is of no importance here. */
function recordsIn(journal: string): JournalRecord[] {
  return wholeLines(journal).flatMap((line) => {
    const value = tryParse(line);
    const record = recordSchema.safeParse(value);
    return record.success ? [record.data] : [];
  });
}

function endingIn(records: readonly JournalRecord[]): Ending | null {
  const last = records.findLast((each) => each.type === 'ending');
  return last === undefined ? null : { state: last.state, error: last.error };
}

function tookPartIn(records: readonly JournalRecord[]): RunHistory['tookPart'] {
  const plans = records.flatMap((each) => (each.type === 'planned' ? each.plan : []));
  return new Map(plans.map((entry) => [entry.agent, entry]));
}

/** A generation that began at an earlier cut has undone those after it. */
function cutsIn(records: readonly JournalRecord[]): Cut[] {
  let cuts: Cut[] = [];
  for (const record of records) {
    if (record.type === 'cut') {
      const { step, snapshots, agents } = record;
      cuts.push({ step, snapshots, agents });
    }
    if (record.type === 'begun') cuts = cuts.filter(({ step }) => step <= record.step);
  }
  return cuts.slice(-CUTS_KEPT);
}

/**
 * Reads a file of lines, and cuts off what was being written when the power went.
 * @returns its whole lines; none when it is not there
 */
export async function mendLines(folder: string, name: string): Promise<string[]> {
  const path = join(folder, name);
  const file = await readFile(path).catch(() => Buffer.alloc(0));
  // Counted in bytes of the file: what a disk has spoilt may be no text, and longer once it is read as such.
  const bytes = file.lastIndexOf('\n') + 1;
  if (bytes < file.length) await truncate(path, bytes);
  return wholeLines(file.toString('utf8', 0, bytes));
}

function wholeLines(text: string): string[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
}

function tryParse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
