// Whether a run is on at this board, which a benchmark or a blinking light would disturb.

import { FINAL_STATES, type RunStatus } from '../../protocol/run-messages.js';
import type { Check } from './finding.js';
import { ok } from './finding.js';

export interface RunSources {
  /** The run that the agent's service tells systemd of; null also where there is none. */
  readonly ofService: (signal: AbortSignal) => Promise<string | null>;
  /** All runs that the master knows. */
  readonly ofMaster: (signal: AbortSignal) => Promise<readonly RunStatus[]>;
  /** The board's name; null where it has none. */
  readonly board: string | null;
}

/** Names the run in which this board holds a position, as far as anybody tells. */
export type PresentRun = (signal: AbortSignal) => Promise<string | null>;

/** Asked once: systemd, which needs no login, and the master about an agent that was started by hand. */
export function presentRun({ ofService, ofMaster, board }: RunSources): PresentRun {
  const look: PresentRun = async (signal) => {
    const run = await ofService(signal);
    if (run !== null || board === null) return run;
    const runs = await ofMaster(signal).catch(() => []); // the check of the broker tells why
    return runs.find((each) => isOnAt(each, board))?.run ?? null;
  };
  let found: Promise<string | null> | undefined;
  return (signal) => {
    found ??= look(signal);
    return found;
  };
}

function isOnAt({ state, plan }: RunStatus, board: string): boolean {
  return !FINAL_STATES.includes(state) && plan.some(({ agent }) => agent === board);
}

/** The same check, which is left out with a word while a run is on. */
export function unlessRunning(check: Check, run: PresentRun): Check {
  return {
    ...check,
    run: async (signal) => {
      const present = await run(signal);
      if (present === null) return check.run(signal);
      const why = `not tried: the run ${present} is on, and would be disturbed (--force tries all the same)`;
      return [ok(check.name, why, { run: present, tried: false })];
    },
  };
}
