// What a master that was killed leaves behind: retained statuses of runs that nobody leads any more.
// Whoever follows one would wait for ever.

import { FrameError, RunError, reportOf } from '../errors.js';
import { parseMessage } from '../protocol/messages.js';
import { FINAL_STATES, type RunStatus, runStatusSchema } from '../protocol/run-messages.js';
import type { Topics } from '../protocol/topics.js';
import type { Transport } from '../transport/transport.js';

const QUIET_MS = 500;
const LONGEST_MS = 5_000;

/**
 * To be called while no other run of our own is on.
 * @param resumed the one that goes on, if any
 * @param quietMs how long no further retained status may come until all are there
 * @returns the names of the runs that were told as failed
 */
export async function failAbandonedRuns(
  transport: Transport,
  topics: Topics,
  resumed: string | null,
  quietMs = QUIET_MS,
): Promise<string[]> {
  const others = await retainedStatuses(transport, topics, resumed, quietMs);
  const going = others.filter(({ state }) => !FINAL_STATES.includes(state));
  const remedy = 'Start the run again.';
  const error = reportOf(new RunError('the master was restarted', { remedy }));
  for (const status of going) {
    const failed = { ...status, state: 'failed', etaSeconds: 0, error };
    await transport.publish(topics.runStatus(status.run), JSON.stringify(failed), { qos: 1, retain: true });
  }
  return going.map(({ run }) => run);
}

/** @param except tells of itself all the while, as its clock goes on: no sign that more are to come */
async function retainedStatuses(
  transport: Transport,
  topics: Topics,
  except: string | null,
  quietMs: number,
): Promise<RunStatus[]> {
  const statuses = new Map<string, RunStatus>();
  const silence = new Silence(quietMs, LONGEST_MS);
  const subscription = await transport.subscribe(
    topics.runStatus('+'),
    (topic, payload) => {
      if (except !== null && topic === topics.runStatus(except)) return;
      silence.broken();
      const status = statusIn(payload);
      if (status && topic === topics.runStatus(status.run)) statuses.set(status.run, status);
    },
    1,
  );
  await silence.come();
  await subscription.close();
  return [...statuses.values()];
}

/** Comes when nothing has broken it for `quietMs`, or after `longestMs` at last. */
class Silence {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly quietMs: number,
    private readonly longestMs: number,
  ) {}

  broken(): void {
    this.timer?.refresh();
  }

  async come(): Promise<void> {
    let longest: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.timer = setTimeout(resolve, this.quietMs);
      longest = setTimeout(resolve, this.longestMs);
    });
    clearTimeout(this.timer);
    clearTimeout(longest);
  }
}

/** What cannot be read, a newer master's perhaps, stays as it is. */
function statusIn(payload: Uint8Array): RunStatus | null {
  try {
    return parseMessage(runStatusSchema, payload);
  } catch (error) {
    if (error instanceof FrameError) return null;
    throw error;
  }
}
