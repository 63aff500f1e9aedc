// The run that is on, as far as the services of this machine tell. It would go back to its last cut if they were restarted, and go on with
// two versions of the program.

import { CommandError } from '../../errors.js';
import type { Host } from './host.js';
import { serviceOf } from './roles.js';
import { type ServiceState, statesOf } from './services.js';

/** @throws CommandError when a run is on */
export function refuseDuringRun(states: readonly ServiceState[]): void {
  const busy = busyOf(states);
  if (!busy) return;
  throw new CommandError(`the run ${busy.run} is on, and restarting ${serviceOf(busy.role)} would throw it back`, {
    remedy: 'Wait for its end (--wait) or stop it (`ringtmp stop`), or add --force.',
  });
}

/** @param pause how long to wait before looking again */
export async function waitForNoRun(host: Host, pause: () => Promise<unknown>): Promise<void> {
  let told: string | null = null;
  for (;;) {
    const run = busyOf(await statesOf(host))?.run ?? null;
    if (run === null) return;
    if (run !== told) host.say(`waits for the end of the run ${run}`);
    told = run;
    await pause();
  }
}

function busyOf(states: readonly ServiceState[]): ServiceState | undefined {
  return states.find(({ run }) => run !== null);
}
