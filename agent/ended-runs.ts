// A board that was away when a run ended was not told: it holds its position and its snapshots for nothing. Once it is
// there again it asks the broker for what the master said last of each run of which it has something.

import { FrameError, reportOf } from '../errors.js';
import { parseMessage } from '../protocol/messages.js';
import { FINAL_STATES, runStatusSchema } from '../protocol/run-messages.js';
import type { Topics } from '../protocol/topics.js';
import { unlessEnded } from '../transport/request-client.js';
import type { Subscription, Transport } from '../transport/transport.js';
import type { Logger } from './agent.js';

export interface EndedRunsOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  /** Of which this board has something. */
  runs(): Promise<string[]>;
  /** It is over. */
  forget(run: string): Promise<void>;
  readonly log: Logger;
}

/** A broker that was started again hears of its runs once the master is back. */
const WAIT_MS = 10_000;

const stateSchema = runStatusSchema.pick({ state: true });

/** Asks now, and whenever the connection is back. */
export function forgetEndedRuns(options: EndedRunsOptions): Subscription {
  const { transport, runs, log } = options;
  const closed = new AbortController();
  const ask = async () => {
    if (closed.signal.aborted) return;
    await Promise.all((await runs()).map((run) => forgetIfEnded(options, run, closed.signal)));
  };
  const tryAsk = () => {
    ask().catch((error) => log.warn({ error: reportOf(error) }, 'what is left of old runs stays for now'));
  };
  transport.onConnection((connected) => connected && tryAsk());
  tryAsk();
  return { close: async () => closed.abort() };
}

async function forgetIfEnded(options: EndedRunsOptions, run: string, closed: AbortSignal): Promise<void> {
  const { forget, log } = options;
  if (!(await hasEnded(options, run, closed))) return;
  await forget(run);
  log.info({ run }, 'the run has ended meanwhile');
}

/** @returns false, too, where nothing is told of it */
async function hasEnded({ transport, topics }: EndedRunsOptions, run: string, closed: AbortSignal): Promise<boolean> {
  let onState: (isFinal: boolean) => void = () => {};
  const told = new Promise<boolean>((resolve) => {
    onState = resolve;
  });
  const onStatus = (_: string, payload: Uint8Array) => {
    const isFinal = isFinalIn(payload);
    if (isFinal !== null) onState(isFinal);
  };
  const subscription = await transport.subscribe(topics.runStatus(run), onStatus, 1);
  try {
    return await unlessEnded(told, AbortSignal.any([closed, AbortSignal.timeout(WAIT_MS)])).catch(() => false);
  } finally {
    await subscription.close();
  }
}

/** @returns null for what is no status */
function isFinalIn(payload: Uint8Array): boolean | null {
  try {
    return FINAL_STATES.includes(parseMessage(stateSchema, payload).state);
  } catch (error) {
    if (error instanceof FrameError) return null;
    throw error;
  }
}
