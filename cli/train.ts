// Starts a run on a fleet and follows it to the end.

import { z } from 'zod';
import { RemoteError, RunError } from '../errors.js';
import type { RunStatus } from '../protocol/messages.js';
import type { RunSpec } from '../protocol/run-spec.js';
import { validate } from '../protocol/validation.js';
import type { FleetClient } from './fleet-client.js';
import { type FollowOptions, followToEnd } from './follow.js';
import { FAILURE, INTERRUPTED } from './report-failure.js';

const startedSchema = z.object({ run: z.string(), folder: z.string() });
export type StartedRun = z.output<typeof startedSchema>;

/** The master waits for its boards, reads the data and has every board build its stage. */
const START_MS = 120_000;

export async function startRun(client: FleetClient, spec: RunSpec): Promise<StartedRun> {
  return validate('the answer to train', startedSchema, await client.request('train', { spec }, START_MS));
}

export type TrainOptions = Omit<FollowOptions, 'run' | 'onInterrupt'> & { readonly spec: RunSpec };

/** @returns the exit code: 0 only for a run that has finished */
export async function trainToEnd(options: TrainOptions): Promise<number> {
  const { client, spec, interrupt, failure } = options;
  const { run } = await Promise.race([startRun(client, spec), ...(failure ? [failure] : [])]);
  return exitCodeOf(await followToEnd({ ...options, run, onInterrupt: 'stop' }), interrupt);
}

/** @throws RemoteError the fault that ended the run */
export function exitCodeOf(status: RunStatus | null, interrupt: AbortSignal): number {
  if (status?.state === 'finished') return 0;
  if (interrupt.aborted) return INTERRUPTED;
  if (status?.error) throw new RemoteError({ ...status.error, remedy: status.error.remedy });
  if (status?.state === 'failed') throw new RunError(`run ${status.run} failed`);
  return FAILURE; // somebody stopped it
}
