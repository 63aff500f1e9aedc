// Follows a run to its end in a view. An interrupt asks the master to stop the run, and its end is
// awaited all the same, so that the summary is true.

import { setTimeout as sleep } from 'node:timers/promises';
import { RunError, TimeoutError } from '../errors.js';
import { FINAL_STATES, type RunStatus } from '../protocol/run-messages.js';
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
  /** Rejects when something else makes following pointless. */
  readonly failure?: Promise<never>;
  readonly patience?: Partial<Patience>;
}

export interface Patience {
  /** How long the first status may take to come. */
  readonly firstStatusMs: number;
  /** How long the master may be away. */
  readonly masterAwayMs: number;
  /** How long the master may take to answer `stop`, and then to end the run, unless it is seen to be at work. */
  readonly stopMs: number;
  /** After the end, for the boards' last telemetry. */
  readonly lastWordsMs: number;
}

/** The step under way is finished first; so many of the usual length are waited for in any case. */
const LAST_STEPS = 3;
const STOPPING = 'Stopping after the step under way, which takes long; Ctrl-C again leaves at once.';

const USUAL_PATIENCE: Patience = { firstStatusMs: 5_000, masterAwayMs: 15_000, stopMs: 10_000, lastWordsMs: 300 };

/** @returns the last status; `null` when the follower left before the end */
export async function followToEnd(options: FollowOptions): Promise<RunStatus | null> {
  const { client, run, view, failure } = options;
  const follower = new Follower(options);
  client.transport.onConnection((connected) => follower.receive({ type: 'connection', connected }));
  const subscription = await client.followRun(run, (update) => follower.receive(update));
  try {
    const status = await Promise.race([follower.result, ...(failure ? [failure] : [])]);
    if (status === null) return null;
    await sleep(follower.patience.lastWordsMs);
    view.end(follower.model);
    return status;
  } finally {
    follower.close();
    await subscription.close();
  }
}

class Follower {
  readonly result: Promise<RunStatus | null>;
  readonly patience: Patience;
  model: RunModel;
  readonly #options: FollowOptions;
  readonly #timers = new Map<keyof Patience, NodeJS.Timeout>();
  #masterSeen = false;
  #ended = false;
  #resolve: (status: RunStatus | null) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.patience = { ...USUAL_PATIENCE, ...options.patience };
    this.model = emptyModel(options.run);
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#failAfter('firstStatusMs', unknownRun(options.run));
    if (options.interrupt.aborted) this.#interrupted();
    else options.interrupt.addEventListener('abort', this.#interrupted, { once: true });
  }

  receive(update: RunUpdate): void {
    this.model = updated(this.model, update);
    if (this.#ended) return;
    this.#options.view.show(this.model, update);
    if (update.type === 'status') this.#onStatus(update.status);
    if (update.type === 'master') this.#onMaster(update.status.state === 'online');
  }

  close(): void {
    this.#ended = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#options.interrupt.removeEventListener('abort', this.#interrupted);
  }

  #onStatus(status: RunStatus): void {
    clearTimeout(this.#timers.get('firstStatusMs'));
    if (!FINAL_STATES.includes(status.state)) return;
    this.#ended = true;
    this.#resolve(status);
  }

  #onMaster(online: boolean): void {
    this.#masterSeen = online;
    clearTimeout(this.#timers.get('masterAwayMs'));
    if (!online) this.#failAfter('masterAwayMs', masterGone(this.#options.run));
  }

  readonly #interrupted = (): void => {
    if (this.#options.onInterrupt === 'leave') this.#resolve(null);
    else void this.#stop();
  };

  /** An order that comes too late is refused, but then the end is near. */
  async #stop(): Promise<void> {
    const { client, run } = this.#options;
    const refusal = await client.request('stop', { run }, this.patience.stopMs).then(
      () => null,
      (error: unknown) => error,
    );
    if (refusal === null) this.#awaitEnd(notStopped(run), this.#lastStepsMs());
    else if (refusal instanceof TimeoutError && this.#goesOn()) this.#awaitEnd(refusal, 0);
    else if (refusal instanceof TimeoutError) this.#reject(refusal);
    else this.#failAfter('stopMs', refusal);
  }

  /** Slow is not dead: while the master is there and the run goes on, its end is only a matter of time. */
  #awaitEnd(error: unknown, restMs: number): void {
    if (this.#ended) return;
    const { stopMs } = this.patience;
    const lookAgain = (): void => {
      if (this.#goesOn()) this.#explain();
      if (restMs > stopMs || this.#goesOn()) this.#awaitEnd(error, restMs - stopMs);
      else this.#reject(error);
    };
    this.#timers.set('stopMs', setTimeout(lookAgain, stopMs));
  }

  #goesOn(): boolean {
    const { status, connected } = this.model;
    return this.#masterSeen && connected && status !== null && !FINAL_STATES.includes(status.state);
  }

  #explain(): void {
    if (this.model.notice === null) this.receive({ type: 'notice', text: STOPPING });
  }

  #lastStepsMs(): number {
    const { step = 0, elapsedSeconds = 0 } = this.model.status ?? {};
    const stepMs = (1_000 * elapsedSeconds) / Math.max(1, step);
    return Math.max(this.patience.stopMs, LAST_STEPS * stepMs);
  }

  #failAfter(limit: keyof Patience, error: unknown): void {
    if (this.#ended) return;
    this.#timers.set(
      limit,
      setTimeout(() => this.#reject(error), this.patience[limit]),
    );
  }
}

function unknownRun(run: string): Error {
  return new TimeoutError(`nothing is known of a run ${run} in this fleet`, { remedy: 'List them: `ringtmp runs`.' });
}

function notStopped(run: string): Error {
  return new TimeoutError(`run ${run} does not end, although the master was asked to stop it`, {
    remedy: 'Look into the log of the master.',
  });
}

function masterGone(run: string): Error {
  return new RunError(`the master has gone during run ${run}`, {
    remedy: 'Look into its log, start it again with `ringtmp master`, and train anew.',
  });
}
