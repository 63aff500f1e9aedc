// What a master asks of a board in a run: where to stand, what to hold and from which snapshots, what to give to others, and
// to give it up.

import { z } from 'zod';
import { amount, name, whole } from './fields.js';
import { peersSchema } from './links.js';
import { nodeFiguresSchema } from './node-figures.js';
import { resolvedRunSpecSchema } from './run-spec.js';

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

/** The master tells a board to give up its position. */
export const releaseRequestSchema = z.object({ run: name });
