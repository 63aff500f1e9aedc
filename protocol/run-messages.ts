// What is told of a run: its state, its figures as they come, what befell it.

import { z } from 'zod';
import { lastFiguresSchema, planEntrySchema, snapshotEntrySchema } from './assignment.js';
import { FLEET_ENERGY_SOURCES } from './energy.js';
import { amount, name, time, whole } from './fields.js';
import { errorReportSchema } from './messages.js';
import { nodeFiguresSchema } from './node-figures.js';
import { MODES, wireSchema } from './run-spec.js';

export const boardFiguresSchema = lastFiguresSchema.extend({ position: whole, agent: z.string() });
export type BoardFigures = z.output<typeof boardFiguresSchema>;

/** `recovering`: something was lost, and the boards come together to go on from the last cut. */
export const RUN_STATES = [
  'planning',
  'running',
  'paused',
  'recovering',
  'collecting',
  'finished',
  'stopped',
  'failed',
] as const;
export type RunState = (typeof RUN_STATES)[number];
export const FINAL_STATES: readonly RunState[] = ['finished', 'stopped', 'failed'];

/** Something that a run bears, at a cost: such as a direct link that goes through the fleet's broker instead. */
export const warningSchema = errorReportSchema.extend({ position: whole });
export type Warning = z.output<typeof warningSchema>;

export const evaluationSchema = z.object({
  step: whole,
  loss: z.number(),
  metric: z.string(),
  value: z.number(),
  samples: whole,
});
export type EvaluationResult = z.output<typeof evaluationSchema>;

export const runStatusSchema = z.object({
  run: name,
  state: z.enum(RUN_STATES),
  generation: whole,
  step: whole,
  steps: whole,
  epoch: whole,
  epochs: whole,
  /** Samples of a step, and steps of an epoch; masters of an earlier version do not tell. */
  batch: whole.optional(),
  stepsPerEpoch: whole.optional(),
  loss: z.number().nullable(),
  evaluation: evaluationSchema.nullable(),
  samplesPerSecond: amount,
  etaSeconds: amount.nullable(),
  startedAt: time,
  elapsedSeconds: amount,
  /** Masters of an earlier version know rings alone. */
  mode: z.enum(MODES).default('ring'),
  plan: z.array(planEntrySchema),
  /** As what tensors cross the wire; absent where none do, in one process. */
  wire: wireSchema.optional(),
  /** The figures of position 0; the boards tell theirs in their telemetry. Null before it stands in the ring. */
  master: nodeFiguresSchema.nullable(),
  /** The most that the master's process ever took. */
  masterPeakRssBytes: amount.optional(),
  /**
   * Once the run has ended: of the plan's boards by position, then of those that had a part before and no more, at the
   * position that they had last. Null figures of a board that told none.
   */
  figures: z.array(boardFiguresSchema).optional(),
  /** Where the run's files are on the master's machine. */
  folder: z.string(),
  error: errorReportSchema.nullable(),
  /** What a run that stands still waits for. */
  note: z.string().nullable().optional(),
  /** As in the events, for who comes later; only the first of many. */
  warnings: z.array(warningSchema).optional(),
  /** With which all positions compute; masters of an earlier version do not tell. */
  engine: z.string().optional(),
});
export type RunStatus = z.output<typeof runStatusSchema>;

export const runMetricsSchema = z.object({
  step: whole,
  epoch: whole,
  loss: z.number(),
  learningRate: amount,
  samplesPerSecond: amount,
  /** Since the run began to stream; of emulated boards in their own time. */
  elapsedSeconds: amount.optional(),
  /** Of the positions that have told theirs, since the run began and as they told it last; null where none has. */
  energy: z
    .object({ joules: amount, source: z.enum(FLEET_ENERGY_SOURCES), positions: whole.min(1) })
    .nullable()
    .optional(),
  time,
});
export type RunMetrics = z.output<typeof runMetricsSchema>;

/**
 * Something that happened in a run. From a node: `fault`, which ends a generation or the run, `warning`; `kept`, a
 * snapshot that it has on its disk, its own or its neighbour's; `unkept`, one that its disk does not take; `leaving`, its
 * board is about to go, and waits a little for its place to be given away.
 */
export const runEventSchema = z.object({
  time,
  type: z.enum(['state', 'evaluated', 'fault', 'warning', 'kept', 'unkept', 'leaving']),
  /** With which a node's event belongs. */
  generation: whole.optional(),
  snapshot: snapshotEntrySchema.optional(),
  position: whole.optional(),
  state: z.enum(RUN_STATES).optional(),
  evaluation: evaluationSchema.optional(),
  error: errorReportSchema.optional(),
});
export type RunEvent = z.output<typeof runEventSchema>;
