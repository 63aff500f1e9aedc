// The largest model that each system holds, as `ringtmp limits` leaves it in `limits.json`.

import { z } from 'zod';
import { MODES } from '../protocol/run-spec.js';

/** What came of a run; all but the first have a reason. */
export const OUTCOMES = ['trained', 'refused', 'out of memory', 'timed out', 'failed'] as const;

const attemptSchema = z.object({
  /** Of the stack of equal layers. */
  layers: z.int().min(1),
  parameters: z.int().min(1),
  outcome: z.enum(OUTCOMES),
  reason: z.string().nullable(),
  seconds: z.number().min(0),
});
export type LimitAttempt = z.output<typeof attemptSchema>;

const resultSchema = z.object({
  contestant: z.string(),
  mode: z.enum(MODES),
  boards: z.int().min(1),
  /** Of the largest model that trained; 0 where none did. */
  parameters: z.number().min(0),
  layers: z.int().min(0).optional(),
  /** Of its weights, as 32-bit floats. */
  weightBytes: z.number().min(0).optional(),
  /** In the order in which they were made. */
  attempts: z.array(attemptSchema).optional(),
});
export type LimitResult = z.output<typeof resultSchema>;

/** How the boards were held to their memory. */
const conditionsSchema = z.object({
  /** cgroup: by the kernel, the whole process; engine: by the agent, what a stage takes besides an idle agent. */
  kind: z.enum(['cgroup', 'engine']),
  how: z.string(),
  /** Of each board's process. */
  memoryBytes: z.number().min(0),
  idleBytes: z.number().min(0),
  layerWidth: z.int().min(1),
  resolution: z.number().min(0),
  command: z.string(),
  machine: z.string(),
  version: z.string(),
  startedAt: z.string(),
  seconds: z.number().min(0),
});
export type LimitConditions = z.output<typeof conditionsSchema>;

export const limitsSchema = z.object({
  /** Of the boards whose memory was the limit. */
  profile: z.string().nullable().default(null),
  conditions: conditionsSchema.optional(),
  results: z.array(resultSchema),
});
export type Limits = z.output<typeof limitsSchema>;

/** The smallest that did not train: what sets the limit. */
export function nextOf({ attempts = [] }: LimitResult): LimitAttempt | null {
  const failed = attempts.filter(({ outcome }) => outcome !== 'trained');
  return failed.sort((a, b) => a.layers - b.layers)[0] ?? null;
}
