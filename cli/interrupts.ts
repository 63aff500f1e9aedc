// Ctrl-C, SIGTERM and a closed terminal (unless under nohup) ask for an orderly end; asking twice gets a disorderly one.

import { originsOfProcess, outlivesTerminal } from './hangup.js';
import { INTERRUPTED } from './report-failure.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @param onSecond what must be done even then, at once */
export function catchInterrupts(onSecond: () => void = () => undefined): AbortSignal {
  const controller = new AbortController();
  const goesOn = outlivesTerminal(originsOfProcess());
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      // A shell passes on what its closed terminal has sent already: that is no impatience.
      if (signal === 'SIGHUP' && (goesOn || controller.signal.aborted)) return;
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
