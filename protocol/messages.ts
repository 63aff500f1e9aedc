// Every JSON message of the control plane, as a zod schema: what crosses the wire is checked here and
// trusted inside. Unknown keys of messages are ignored, so that newer senders can talk to older readers.

import { z } from 'zod';
import { FrameError } from '../errors.js';
import { boardProfileSchema } from './board-profile.js';
import { ENERGY_SOURCES, FLEET_ENERGY_SOURCES } from './energy.js';
import { linkAddressSchema, peersSchema } from './links.js';
import { nodeFiguresSchema } from './node-figures.js';
import { MODES, resolvedRunSpecSchema, wireSchema } from './run-spec.js';
import { NAME_PATTERN } from './topics.js';

const name = z.string().regex(NAME_PATTERN);
const whole = z.int().min(0);
const amount = z.number().min(0);
/** Milliseconds since the epoch. */
const time = z.number();

export const agentStatusSchema = z.object({ state: z.enum(['online', 'offline']), boot: whole, time });
export type AgentStatus = z.output<typeof agentStatusSchema>;

/** An agent's birth: what the board is and can do. */
export const agentInfoSchema = z.object({
  agent: name,
  version: z.string(),
  board: z.string(),
  cores: whole,
  /** What a stage may take: the cap on the engine's memory. */
  memoryBytes: amount,
  /** The best engine that the board can run. */
  engine: z.string(),
  gflops: z.number().gt(0),
  /** What that engine is, and why it is none better: one line. */
  engineReason: z.string(),
  /** GFLOP/s of each engine that the board can run. */
  engines: z.record(z.string(), z.number().gt(0)),
  /** Why it cannot run the others. */
  lacks: z.record(z.string(), z.string()),
  sensor: z.string().nullable(),
  lights: z.string().nullable(),
  /** Where neighbours reach this board's inbox for direct links; null when it takes none. */
  links: linkAddressSchema.nullable().default(null),
  /** What an emulated board is held to, and by what all its times are multiplied; null for a real one. */
  profile: boardProfileSchema.nullable().default(null),
  dilation: z.number().gt(0).default(1),
});
export type AgentInfo = z.output<typeof agentInfoSchema>;

export const agentTelemetrySchema = z.object({
  time,
  rssBytes: amount,
  /** The most that the process ever took. */
  peakRssBytes: amount.optional(),
  /** Share of one core that the process used since the last telemetry. */
  cpuShare: amount,
  temperatureC: z.number().nullable(),
  /** Of the whole board, now; null where nothing measures or models it. Volts and amperes where they are measured. */
  power: z
    .object({
      source: z.enum(ENERGY_SOURCES),
      watts: amount,
      volts: z.number().nullable(),
      amps: z.number().nullable(),
      /** Since the chip was set up, by a chip that counts (INA228). */
      countedJoules: amount.nullable().optional(),
    })
    .nullable()
    .optional(),
  run: name.nullable(),
  position: whole.nullable(),
  /** Null while the board holds no position. */
  node: nodeFiguresSchema.nullable(),
});
export type AgentTelemetry = z.output<typeof agentTelemetrySchema>;

export const planEntrySchema = z.object({
  position: whole,
  agent: z.string(),
  /** Layers `firstLayer` up to, not including, `endLayer`. */
  firstLayer: whole,
  endLayer: whole,
  layers: z.array(z.string()),
  memoryBytes: amount,
  /** Predicted busy time of one micro-batch, forward and backward. */
  microBatchMs: amount,
});
export type PlanEntry = z.output<typeof planEntrySchema>;

/** What a stage goes on from, on some board's disk: layers `firstLayer` up to, not including, `endLayer`, at a version. */
export const snapshotEntrySchema = z.object({
  step: whole,
  firstLayer: whole,
  endLayer: whole,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: whole,
});
export type SnapshotEntry = z.output<typeof snapshotEntrySchema>;

/**
 * The master tells a board where it will stand in the next generation of a run. The board gives up what it holds, takes
 * in files for that position from then on, and answers with what it has of the run.
 */
export const preparationSchema = z.object({ run: name, generation: whole, position: whole, workers: whole });
export type Preparation = z.output<typeof preparationSchema>;

export const preparedSchema = z.object({ snapshots: z.array(snapshotEntrySchema) });

/** The master asks a board to give another position what that one lacks. */
export const supplyRequestSchema = z.object({ run: name, to: whole, snapshot: snapshotEntrySchema });

/** The master tells a board what to hold; the board builds the stage and answers. */
export const assignmentSchema = z.object({
  run: name,
  generation: whole,
  position: whole,
  workers: whole,
  firstLayer: whole,
  endLayer: whole,
  /** Micro-batches in flight that the schedule admits at this position. */
  window: whole.min(1),
  inputShape: z.array(whole),
  /** Null when all frames go through the fleet's broker. */
  links: peersSchema.nullable().default(null),
  /** Star: the samples of each worker's share, by position from 1. */
  shares: z.array(whole.min(1)).optional(),
  /** The cut from which the run goes on, and the snapshots that the stage takes its layers from; left out at step 0. */
  start: z.object({ step: whole.min(1), snapshots: z.array(snapshotEntrySchema) }).optional(),
  /** Star with local data: what the class indices mean; left out where targets are numbers. */
  classNames: z.array(z.string()).optional(),
  /** The same: what became of each column of the master's file, and is to become of the board's; left out where samples are not columns. */
  features: z.array(z.object({ name: z.string(), mean: z.number(), deviation: z.number().gt(0) })).optional(),
  spec: resolvedRunSpecSchema,
});
export type Assignment = z.output<typeof assignmentSchema>;

/** What a board tells when it gives up its position, and the master keeps of each. */
export const lastFiguresSchema = z.object({
  figures: nodeFiguresSchema.nullable(),
  rssBytes: amount.nullable(),
  peakRssBytes: amount.nullable(),
});
export type LastFigures = z.output<typeof lastFiguresSchema>;

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

export const errorReportSchema = z.object({ code: z.string(), message: z.string(), remedy: z.string().optional() });

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

export const masterStatusSchema = z.object({ state: z.enum(['online', 'offline']), boot: whole, time });

/** Every command carries an id that its response echoes; `time` is the sender's clock. */
export const requestSchema = z.looseObject({ id: z.string().min(1).max(64), time: time.optional() });
export type Request = z.output<typeof requestSchema>;

export const trainRequestSchema = z.object({ spec: z.unknown() });
export const runRequestSchema = z.object({ run: name });
export const releaseRequestSchema = z.object({ run: name });

export const responseSchema = z.discriminatedUnion('ok', [
  z.object({ id: z.string(), ok: z.literal(true), data: z.unknown(), time: time.optional() }),
  z.object({ id: z.string(), ok: z.literal(false), error: errorReportSchema, time: time.optional() }),
]);
export type Response = z.output<typeof responseSchema>;

/**
 * Reads a JSON payload.
 * @throws FrameError when it is not JSON or does not match, naming the field
 */
export function parseMessage<Schema extends z.ZodType>(schema: Schema, payload: Uint8Array): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8'));
  } catch (cause) {
    throw new FrameError('payload', 'not JSON', { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new FrameError(issue?.path.join('.') || 'payload', issue?.message ?? 'not as expected');
}
