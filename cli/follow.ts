// Follows a run to its end in a view. An interrupt asks the master to stop the run, and its end is
// awaited all the same, so that the summary is true.

import { RunError, TimeoutError } from '../errors.js';
import { FINAL_STATES, type RunStatus } from '../protocol/messages.js';
import type { FleetClient } from './fleet-client.js';
import type { RunUpdate } from './run-update.js';
import { emptyModel, type RunModel, updated } from './view/run-model.js';
import type { View } from './view/view.js';

export interface FollowOptions {
  readonly client: FleetClient;
  readonly run: string;
  readonly view: View;
  /** What to do when this is aborted: stop the run, or only stop looking. */
  readonly interrupt: AbortSignal;
  readonly onInterrupt: 'stop' | 'leave';
}

/** How long the first status may take to come. */
const FIRST_STATUS_MS = 10_000;
/** How long a master may be away. */
const MASTER_AWAY_MS = 15_000;
const STOP_MS = 10_000;
/** After the end, for the boards' last telemetry. */
const LAST_WORDS_MS = 300;

/** @returns the last status; `null` when the follower left before the end */
export async function followToEnd(options: FollowOptions): Promise<RunStatus | null> {
  const { client, run, view } = options;
  const follower = new Follower(options);
  client.transport.onConnection((connected) => follower.receive({ type: 'connection', connected }));
  const subscription = await client.followRun(run, (update) => follower.receive(update));
  try {
    const status = await follower.result;
    if (status === null) return null;
    await new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS));
    view.end(follower.model);
    return status;
  } finally {
    follower.close();
    await subscription.close();
  }
}

class Follower {
  readonly result: Promise<RunStatus | null>;
  model: RunModel;
  readonly #options: FollowOptions;
  #ended = false;
  #resolve: (status: RunStatus | null) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.model = emptyModel(options.run);
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#within(FIRST_STATUS_MS, () => this.#unknownRun());
    if (options.interrupt.aborted) this.#interrupted();
    else options.interrupt.addEventListener('abort', this.#interrupted, { once: true });
  }

  receive(update: RunUpdate): void {
    this.model = updated(this.model, update);
    if (!this.#ended || update.type === 'event') this.#options.view.show(this.model, update);
    if (update.type === 'status') this.#onStatus(update.status);
    if (update.type === 'master') this.#onMaster(update.status.state === 'online');
  }

  close(): void {
    this.#ended = true;
    clearTimeout(this.#deadline);
    this.#options.interrupt.removeEventListener('abort', this.#interrupted);
  }

  #onStatus(status: RunStatus): void {
    clearTimeout(this.#deadline);
    if (!FINAL_STATES.includes(status.state)) return;
    this.#ended = true;
    this.#resolve(status);
  }

  #onMaster(online: boolean): void {
    if (online) clearTimeout(this.#deadline);
    else if (!this.#ended) this.#within(MASTER_AWAY_MS, () => this.#masterGone());
  }

  readonly #interrupted = (): void => {
    const { client, run, onInterrupt } = this.#options;
    if (onInterrupt === 'leave') this.#resolve(null);
    else client.request('stop', { run }, STOP_MS).catch(this.#reject);
  };

  #within(ms: number, fail: () => Error): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#reject(fail()), ms);
  }

  #unknownRun(): Error {
    return new TimeoutError(`nothing is known of a run ${this.#options.run} in this fleet`, {
      remedy: 'List the runs with `ringtmp runs`.',
    });
  }

  #masterGone(): Error {
    return new RunError(`the master has gone during run ${this.#options.run}`, {
      remedy: 'Look into its log, start it again with `ringtmp master`, and train anew.',
    });
  }
}
