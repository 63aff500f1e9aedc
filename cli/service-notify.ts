// Tells systemd how a service is: ready, alive, with which run, stopping (sd_notify(3)). Node has no datagram sockets of
// the kind that this takes, so `systemd-notify`, which comes with systemd, is called (decision 21). Without systemd, or
// under `ringtmp up`, nothing is told.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LoopHealth } from './loop-health.js';

/** Tells one message, such as `['READY=1']`. */
export type Tell = (fields: readonly string[]) => Promise<void>;

export interface ServiceNotify {
  /**
   * It serves. From now on the watchdog is fed, while the main loop turns.
   * @param status one line for `systemctl status`, asked for now and then
   */
  ready(status: () => string): Promise<void>;
  stopping(): Promise<void>;
}

export interface NotifyOptions {
  readonly tell: Tell;
  /** How long systemd waits for a sign of life; `null`: for ever. */
  readonly watchdogMs: number | null;
  readonly now?: () => number;
  /** Told what went wrong, once. */
  readonly onFault?: (error: Error) => void;
}

const SILENT: ServiceNotify = { ready: async () => {}, stopping: async () => {} };

/** How soon a change of the status is told. */
const EVERY_MS = 1_000;
/** So one sign of life may be lost. */
const SIGNS_PER_WATCHDOG = 3;
/** `systemd-notify` waits for its message to be read; systemd is busy at most so long. */
const TELL_MS = 5_000;

/** As the environment says that systemd wants it. */
export function serviceNotify(env: NodeJS.ProcessEnv = process.env): ServiceNotify {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, PATH } = env;
  // A parent that listens on the IPC channel is told there.
  if (!NOTIFY_SOCKET || process.send !== undefined) return SILENT;
  return createServiceNotify({
    tell: bySystemdNotify({ NOTIFY_SOCKET, PATH }),
    watchdogMs: WATCHDOG_USEC ? Number(WATCHDOG_USEC) / 1_000 : null,
    onFault: ({ message }) => process.stderr.write(`ringtmp: systemd cannot be told how this service is: ${message}\n`),
  });
}

function bySystemdNotify(env: NodeJS.ProcessEnv): Tell {
  const run = promisify(execFile);
  return async (fields) => {
    await run('systemd-notify', [...fields], { env, timeout: TELL_MS });
  };
}

export function createServiceNotify(options: NotifyOptions): ServiceNotify {
  return new Notifier(options);
}

class Notifier implements ServiceNotify {
  readonly #options: Required<NotifyOptions>;
  #timer: NodeJS.Timeout | undefined;
  /** One after the other, so that they arrive in order. */
  #told: Promise<boolean> = Promise.resolve(true);
  #failed = false;

  constructor(options: NotifyOptions) {
    this.#options = { now: () => performance.now(), onFault: () => undefined, ...options };
  }

  ready(status: () => string): Promise<void> {
    const turn = this.#turn(status);
    this.#timer = setInterval(turn, EVERY_MS).unref();
    return turn();
  }

  stopping(): Promise<void> {
    clearInterval(this.#timer);
    return this.#tell(['STOPPING=1', 'STATUS=stopping']).then(() => undefined);
  }

  /**
   * What is done each time: a sign of life when it is due and the loop is well, the status when it has changed, and
   * until it has arrived that the service is ready.
   */
  #turn(status: () => string): () => Promise<void> {
    const { watchdogMs, now } = this.#options;
    const signEveryMs = (watchdogMs ?? Number.POSITIVE_INFINITY) / SIGNS_PER_WATCHDOG;
    const health = new LoopHealth({ everyMs: EVERY_MS, toleranceMs: signEveryMs, now });
    const state = this.#telling(status);
    let signedMs = now();
    return async () => {
      const isWell = health.tick();
      // The next turn would be too late for it.
      const isDue = isWell && now() - signedMs + EVERY_MS > signEveryMs;
      if (isDue) signedMs = now();
      await state(isDue ? ['WATCHDOG=1'] : []);
    };
  }

  /** Tells what has not arrived yet of that it is ready, and of its status, and these with it. */
  #telling(status: () => string): (others: readonly string[]) => Promise<void> {
    let arrived: readonly string[] = [];
    let isUnderWay = false;
    return async (others) => {
      const wanted = ['READY=1', `STATUS=${status()}`];
      const news = isUnderWay ? [] : wanted.filter((each) => !arrived.includes(each));
      if (news.length + others.length === 0) return;
      if (news.length === 0) {
        await this.#tell(others);
        return;
      }
      isUnderWay = true;
      if (await this.#tell([...news, ...others])) arrived = wanted;
      isUnderWay = false;
    };
  }

  /** @returns whether it has arrived */
  #tell(fields: readonly string[]): Promise<boolean> {
    this.#told = this.#told
      .then(() => this.#options.tell(fields))
      .then(
        () => true,
        (error: Error) => {
          if (!this.#failed) this.#options.onFault(error);
          this.#failed = true;
          return false;
        },
      );
    return this.#told;
  }
}
