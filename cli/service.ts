// How a long-running command lives and dies: it starts, says so, serves until it is told to stop, and
// closes. A second signal does not wait. Under `ringtmp up` it also ends when its parent vanishes.

import { aborted } from './interrupts.js';
import { INTERRUPTED } from './report-failure.js';

export interface Service {
  close(): Promise<void>;
}

const CLOSE_MS = 10_000;

/**
 * @param start opens the service; the signal tells it to give up
 * @param ready what to tell a parent process once it serves
 */
export async function serve<S extends Service>(
  start: (signal: AbortSignal) => Promise<S>,
  ready: (service: S) => object = () => ({}),
): Promise<void> {
  const stopping = stopSignal();
  const service = await start(stopping);
  process.send?.({ ready: ready(service) });
  await aborted(stopping);
  setTimeout(() => process.exit(1), CLOSE_MS).unref();
  await service.close();
  if (process.connected) process.disconnect();
}

function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  };
  process.on('SIGTERM', stop);
  // Ctrl-C reaches the whole group: under a parent it is the parent who says in which order to stop.
  process.on('SIGINT', process.send ? () => undefined : stop);
  process.on('disconnect', () => controller.abort());
  return controller.signal;
}
