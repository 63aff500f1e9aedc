// Which board of a fleet on this machine emulates what.

import { ConfigurationError } from '../../errors.js';
import { emulationOf } from '../profiles.js';

export interface FleetProfileOptions {
  /** Names or files, separated by commas. */
  readonly profile?: string;
  readonly masterProfile?: string;
  readonly dilation?: number;
}

/**
 * @returns the arguments for the process at a position, 0 the master
 * @throws ConfigurationError when one of them is no profile, before anything is started
 */
export function fleetProfiles(options: FleetProfileOptions): (position: number) => string[] {
  const { profile, masterProfile, dilation } = options;
  const boards = profile?.split(',') ?? [];
  if (boards.length === 0 && masterProfile !== undefined) throw masterAlone();
  const master = masterProfile ?? boards[0];
  for (const each of new Set([master, ...boards])) {
    emulationOf({ ...(each !== undefined && { profile: each }), ...(dilation !== undefined && { dilation }) });
  }
  if (master === undefined) return () => [];
  const stretched = dilation === undefined ? [] : ['--dilation', String(dilation)];
  const at = (position: number) => (position === 0 ? master : (boards[position - 1] ?? (boards.at(-1) as string)));
  return (position) => ['--profile', at(position), ...stretched];
}

function masterAlone(): ConfigurationError {
  return new ConfigurationError('--master-profile is for a fleet of emulated boards', {
    remedy: 'Say what the boards are, too: --profile pi-4.',
  });
}
