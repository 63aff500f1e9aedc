// What one run came to, as it is kept in a file: enough to write the report without the run's own folder.

import { z } from 'zod';
import { FLEET_ENERGY_SOURCES } from '../protocol/energy.js';
import { MODES } from '../protocol/run-spec.js';
import { definitionSchema } from './definition.js';

const amount = z.number().min(0);

/** What `--dilation auto` tries at most. */
export const MOST_DILATION = 64;

const positionSchema = z.object({
  position: z.int().min(0),
  agent: z.string(),
  idleShare: amount,
  /** By phase, while it computed. */
  seconds: z.record(z.string(), amount),
  /** Over which all this was counted; null where the board does not tell. */
  wallSeconds: amount.nullable(),
  bytesIn: amount,
  bytesOut: amount,
  joules: amount.nullable(),
  peakRssBytes: amount.nullable(),
  staleness: z.object({ mean: amount, max: amount }).nullable(),
});
export type PositionFigures = z.output<typeof positionSchema>;

/** Seconds are those of the boards: of an emulated fleet without its dilation. */
export const runFiguresSchema = z.object({
  steps: amount,
  /** From the first message to the last step, evaluations included. */
  seconds: amount,
  samplesPerSecond: amount,
  /** Median, so that evaluations and the warming up do not count; null of a run of a single one. */
  stepMs: amount.nullable(),
  /** Of the held-out samples. */
  metric: z.string(),
  evaluations: z.array(z.object({ step: amount, seconds: amount, loss: z.number(), value: z.number() })),
  /** Of the training samples: each point the mean of the steps since the one before. */
  curve: z.array(z.object({ step: amount, seconds: amount, loss: z.number() })),
  positions: z.array(positionSchema),
  /** What was sent on each topic, as `2/forward`; empty where positions do not tell. */
  topics: z.array(z.object({ topic: z.string(), bytes: amount, frames: amount })),
  /** By phase, of all boards and of a master that tells; null unless all boards told. Older results have it with the master's. */
  energy: z
    .object({
      source: z.enum(FLEET_ENERGY_SOURCES),
      withMaster: z.boolean().default(true),
      joules: z.record(z.string(), amount),
    })
    .nullable(),
  /** Drift and overdue messages of the position that had most; these are null of results from before they were counted. */
  emulated: z
    .object({
      profiles: z.array(z.string()),
      dilation: amount,
      drift: amount,
      overdue: amount.nullable().default(null),
    })
    .nullable(),
});
export type RunFigures = z.output<typeof runFiguresSchema>;

/** What was expected of it, modelled, before it ran; evaluations are left out. */
const forecastSchema = z.object({ stepMs: amount, idleShare: amount, bytesPerStep: amount, joulesPerStep: amount });
export type RunForecast = z.output<typeof forecastSchema>;

/** Results of different programs or machines are no more of one comparison than the reader thinks they are. */
const originSchema = z.object({ program: z.string(), machine: z.string() });
export type Origin = z.output<typeof originSchema>;

export const runResultSchema = z.object({
  contestant: z.string(),
  title: z.string(),
  mode: z.enum(MODES),
  boards: z.int().min(1),
  round: z.int().min(1),
  outcome: z.enum(['finished', 'failed', 'not possible']),
  /** Why there are no figures. */
  reason: z.string().nullable(),
  startedAt: z.string(),
  /** Of this computer's clock, the fleet's start and end included. */
  wallSeconds: amount,
  figures: runFiguresSchema.nullable(),
  /** Null where no boards are emulated. */
  forecast: forecastSchema.nullable(),
  /** What measured it; null of results from before that was kept. */
  origin: originSchema.nullable().default(null),
  hash: z.string(),
  definition: definitionSchema,
});
export type RunResult = z.output<typeof runResultSchema>;
