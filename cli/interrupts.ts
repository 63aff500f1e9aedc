// Ctrl-C, SIGTERM and a closed terminal ask for an orderly end; asking twice gets a disorderly one.

import { INTERRUPTED } from './report-failure.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @param onSecond what must be done even then, at once */
export function catchInterrupts(onSecond: () => void = () => undefined): AbortSignal {
  const controller = new AbortController();
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (controller.signal.aborted) {
        onSecond();
        process.exit(INTERRUPTED);
      }
      controller.abort();
    });
  }
  return controller.signal;
}

/** Resolves once the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
