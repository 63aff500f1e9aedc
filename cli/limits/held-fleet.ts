// A fleet whose boards are held to their memory, for one attempt: nothing that a run before left in a board counts,
// and no board that it broke takes part. Broker and master are held to nothing.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aborted } from '../interrupts.js';
import { LocalFleet, type LocalFleetOptions } from '../up/local-fleet.js';

export interface FleetSettings extends Pick<LocalFleetOptions, 'engine' | 'blasArguments' | 'env'> {
  readonly interrupt: AbortSignal;
  /** The fleet under way, for whoever must end it at once. */
  readonly onFleet: (fleet: LocalFleet | null) => void;
}

/** As its boards are started. */
export interface Holding {
  /** Words that their command lines begin with, by board. */
  readonly launchers: readonly (readonly string[])[];
  readonly agentArguments: readonly string[];
}

export const FLEET = 'limits';
const ANY_PORT = 0;

/** @returns null when it was interrupted before the fleet stood */
export async function onHeldFleet<T>(
  settings: FleetSettings,
  { launchers, agentArguments }: Holding,
  work: (fleet: LocalFleet) => Promise<T>,
): Promise<T | null> {
  const { interrupt, onFleet, ...rest } = settings;
  const runsFolder = await mkdtemp(join(tmpdir(), 'ringtmp-limits-'));
  const fleet = new LocalFleet({
    ...rest,
    fleet: FLEET,
    boards: launchers.length,
    port: ANY_PORT,
    runsFolder,
    dataFolders: [],
    launchers,
    profileArguments: (position) => (position === 0 ? [] : [...agentArguments]),
  });
  onFleet(fleet);
  try {
    await Promise.race([fleet.start(), fleet.failure, aborted(interrupt)]);
    return interrupt.aborted ? null : await work(fleet);
  } finally {
    await fleet.stop();
    onFleet(null);
    await rm(runsFolder, { recursive: true, force: true });
  }
}
