// The main thread's end of a compute thread: starts it, feeds it, ends it.

import { Worker as Thread } from 'node:worker_threads';
import type { BlasSettings } from '../compute/engines/blas-library.js';
import type { EngineName } from '../compute/kernels.js';
import { ComputeError, type ErrorReport, RemoteError } from '../errors.js';
import type { Wire } from '../protocol/wire-dtypes.js';
import type { BoardClock } from '../transport/board-clock.js';
import { Activity } from './activity.js';
import type { Timed } from './arrivals.js';
import type { StageSpec } from './build.js';
import type { Emulation } from './emulation.js';
import type { Incoming, Outgoing, Start } from './node-messages.js';

export interface ThreadData {
  readonly spec: StageSpec;
  readonly engine: EngineName;
  readonly blas: BlasSettings;
  /** Micro-batches in flight at first. */
  readonly window: number;
  /** Cap on the engine's memory. */
  readonly memoryBytes: number;
  readonly emulation?: Emulation | undefined;
  readonly wire?: Wire | undefined;
  /** The beginning unless told. */
  readonly start?: Start | undefined;
  readonly activityMemory: SharedArrayBuffer;
}

export type ToThread = Timed<Incoming>;
export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: ErrorReport }
  | Timed<Outgoing>;

export interface ComputeHost {
  readonly activity: Activity;
  /** Hands a message over; its array belongs to the thread from then on. */
  deliver(message: Incoming): void;
  close(): Promise<void>;
}

export interface ComputeHandlers {
  /** Where the board is emulated. */
  readonly time?: BoardClock | undefined;
  onMessage(message: Outgoing): void;
  /** The thread died: out of memory, or a bug. */
  onCrash(error: Error): void;
}

/**
 * Resolves once the stage is built and holds its initial weights.
 * @throws CapacityError and others, as building the stage does
 */
export async function startComputeHost(
  options: Omit<ThreadData, 'activityMemory'>,
  { time, onMessage, onCrash }: ComputeHandlers,
): Promise<ComputeHost> {
  const activity = new Activity();
  const workerData: ThreadData = { ...options, activityMemory: activity.memory };
  const thread = new Thread(new URL('./compute-thread.js', import.meta.url), { workerData });
  await ready(thread);
  let open = true;
  thread.on('message', (message: Timed<Outgoing>) => {
    if (time && message.atMs !== undefined) time.atHost(message.atMs, () => onMessage(message));
    else onMessage(message);
  });
  thread.on('error', (cause) => open && onCrash(crashed(cause)));
  thread.on('exit', () => {
    open = false;
  });
  return {
    activity,
    deliver: (message) => {
      const timed: ToThread = time ? { ...message, atMs: time.hostMs } : message;
      thread.postMessage(timed, 'data' in message ? [message.data.buffer as ArrayBuffer] : []);
    },
    close: async () => {
      open = false;
      await thread.terminate();
    },
  };
}

function crashed(cause: Error): ComputeError {
  const remedy = 'Look at the log of this board, and whether its memory ran out.';
  return new ComputeError(`the compute thread died: ${cause.message}`, { cause, remedy });
}

function ready(thread: Thread): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      void thread.terminate();
      reject(error);
    };
    const exited = () => reject(new ComputeError('the compute thread ended before it was ready'));
    thread.once('error', fail);
    thread.once('exit', exited);
    thread.once('message', (first: FromThread) => {
      thread.off('error', fail).off('exit', exited);
      if (first.kind === 'ready') resolve();
      else fail(first.kind === 'failed' ? new RemoteError(first.error) : new ComputeError(`unexpected ${first.kind}`));
    });
  });
}
