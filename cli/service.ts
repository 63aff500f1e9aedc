// How a long-running command lives and dies: it starts, says so, serves until it is told to stop, and
// closes. A second signal does not wait. Under `ringtmp up` it also ends when its parent vanishes; under systemd it tells
// what it does, and shows signs of life.

import { originsOfProcess, outlivesTerminal } from './hangup.js';
import { aborted } from './interrupts.js';
import { INTERRUPTED } from './report-failure.js';
import { serviceNotify } from './service-notify.js';
import { statusText } from './service-status.js';

export interface Service {
  /** The run that is on, as far as it knows. */
  readonly run: string | null;
  close(): Promise<void>;
}

/** How long closing may take, an agent's hand-over included. Less than systemd waits (TimeoutStopSec); `ringtmp up` waits less, and kills. */
const CLOSE_MS = 14_000;
/** When the parent has vanished there is nobody left to take leave of. */
const ORPHAN_MS = 1_000;

/**
 * @param start opens the service; the signal tells it to give up
 * @param ready what to tell a parent process once it serves
 */
export async function serve<S extends Service>(
  start: (signal: AbortSignal) => Promise<S>,
  ready: (service: S) => object = () => ({}),
): Promise<void> {
  const stopping = stopSignal();
  const systemd = serviceNotify();
  try {
    const service = await start(stopping);
    process.send?.({ ready: ready(service) });
    void systemd.ready(() => statusText(service.run));
    await aborted(stopping);
    await Promise.all([systemd.stopping(), service.close()]);
  } catch (error) {
    if (!stopping.aborted) throw error; // it gave up, as it was told to
  }
  if (process.connected) process.disconnect();
}

function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (closeMs: number): void => {
    controller.abort();
    setTimeout(() => process.exit(1), closeMs).unref();
  };
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    stop(CLOSE_MS);
  };
  process.on('SIGTERM', onSignal);
  // Ctrl-C and a closed terminal reach the whole group: under a parent it is the parent who says in which order to stop.
  process.on('SIGINT', process.send ? () => undefined : onSignal);
  const goesOn = process.send !== undefined || outlivesTerminal(originsOfProcess());
  // A shell passes on what its closed terminal has sent already: that is no impatience.
  process.on('SIGHUP', () => goesOn || controller.signal.aborted || onSignal());
  process.on('disconnect', () => stop(ORPHAN_MS));
  return controller.signal;
}
