// Starts a run on a fleet and follows it to the end. An interrupt while the master still prepares the run
// calls it off: nothing should train that nobody waits for.

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { RemoteError, RunError } from '../errors.js';
import type { RunStatus } from '../protocol/run-messages.js';
import type { RunSpec } from '../protocol/run-spec.js';
import { validate } from '../protocol/validation.js';
import type { FleetClient } from './fleet-client.js';
import { type FollowOptions, followToEnd } from './follow.js';
import { aborted } from './interrupts.js';
import { FAILURE, INTERRUPTED } from './report-failure.js';
import { emptyModel } from './view/run-model.js';
import type { View } from './view/view.js';

const startedSchema = z.object({ run: z.string(), folder: z.string() });
export type StartedRun = z.output<typeof startedSchema>;

/** The master waits for its boards, reads the data and has every board build its stage. */
const START_MS = 120_000;

export async function startRun(client: FleetClient, spec: RunSpec, signal?: AbortSignal): Promise<StartedRun> {
  return validate('the answer to train', startedSchema, await client.request('train', { spec }, START_MS, signal));
}

/** How long an interrupted start is waited for, and then the master's answer to `stop`. */
const CALL_OFF_MS = 5_000;
const CALLING_OFF = 'Calling the run off, which the master is still preparing; Ctrl-C again leaves at once.';
const NOT_CALLED_OFF = 'The master is still preparing the run, which may yet start: `ringtmp stop` ends it then.';

export interface StartOptions {
  readonly client: FleetClient;
  readonly spec: RunSpec;
  readonly interrupt: AbortSignal;
  /** Where the user is told why the end takes a while. */
  readonly view?: View;
  /** Rejects when something else makes waiting pointless. */
  readonly failure?: Promise<never>;
  /** 0 where the master ends together with this command. */
  readonly callOffMs?: number;
}

/** @returns `null` when an interrupt came first; a run that starts all the same is stopped, if it starts soon */
export async function startUnlessInterrupted(options: StartOptions): Promise<StartedRun | null> {
  const { client, spec, interrupt, failure } = options;
  const giveUp = new AbortController();
  const starting = startRun(client, spec, giveUp.signal);
  const interrupted = aborted(interrupt).then(() => null);
  const started = await Promise.race([starting, interrupted, ...(failure ? [failure] : [])]);
  if (started === null) await callOff(starting, options);
  giveUp.abort();
  return started;
}

async function callOff(starting: Promise<StartedRun>, options: StartOptions): Promise<void> {
  const { client, callOffMs = CALL_OFF_MS } = options;
  // A run that could not start needs no stopping, and one that cannot be stopped has ended.
  const calledOff = starting.then(({ run }) => client.request('stop', { run }, CALL_OFF_MS)).catch(() => undefined);
  if (callOffMs === 0) return;
  notify(options, CALLING_OFF);
  const patience = new AbortController();
  const late = sleep(callOffMs, true, { signal: patience.signal }).catch(() => false);
  const isLate = await Promise.race([calledOff.then(() => false), late]);
  patience.abort();
  if (isLate) notify(options, NOT_CALLED_OFF);
}

function notify({ view, spec }: StartOptions, text: string): void {
  view?.show({ ...emptyModel(spec.name), notice: text }, { type: 'notice', text });
}

export type TrainOptions = Omit<FollowOptions, 'run' | 'onInterrupt'> & StartOptions;

/** @returns the exit code: 0 only for a run that has finished */
export async function trainToEnd(options: TrainOptions): Promise<number> {
  const started = await startUnlessInterrupted(options);
  if (started === null) return INTERRUPTED;
  return exitCodeOf(await followToEnd({ ...options, run: started.run, onInterrupt: 'stop' }), options.interrupt);
}

/** @throws RemoteError the fault that ended the run */
export function exitCodeOf(status: RunStatus | null, interrupt: AbortSignal): number {
  if (status?.state === 'finished') return 0;
  if (interrupt.aborted) return INTERRUPTED;
  if (status?.error) throw new RemoteError({ ...status.error, remedy: status.error.remedy });
  if (status?.state === 'failed') throw new RunError(`run ${status.run} failed`);
  return FAILURE; // somebody stopped it
}
