// What each run of a comparison is, down to the figures of its boards: a profile may be a file that changes.

import type { Definition } from '../../comparison/definition.js';
import type { PlannedRun } from '../../comparison/plan.js';
import { ConfigurationError } from '../../errors.js';
import { readProfile } from '../profiles.js';
import { version } from '../version.js';
import type { CompareOptions } from './compare.js';
import type { Dilation } from './dilated-runner.js';

type ProfileOptions = Pick<CompareOptions, 'profile' | 'masterProfile' | 'dilation'>;

/** @throws ConfigurationError when a profile is none, or something is asked of emulated boards where there are none */
export function definer(options: ProfileOptions): (run: PlannedRun) => Definition {
  const { boards, master } = profilesOf(options);
  const dilation = dilationOf(options);
  return ({ contestant, boards: count, round }) => {
    const { spec } = contestant;
    return { version: version(), boards: count, round, profile: boards, masterProfile: master, dilation, spec };
  };
}

/** Whether this computer is fast enough for emulated boards is found out, unless told. */
export function dilationOf({ profile, dilation }: ProfileOptions): Dilation {
  return dilation ?? (profile === undefined ? 1 : 'auto');
}

export function profilesOf({ profile, masterProfile, dilation }: ProfileOptions) {
  if (profile === undefined && (masterProfile ?? dilation) !== undefined) {
    throw new ConfigurationError('--master-profile and --dilation are for emulated boards', {
      remedy: 'Say what the boards are, too: --profile pi-4.',
    });
  }
  const boards = profile === undefined ? null : profile.split(',').map(readProfile);
  return { boards, master: masterProfile === undefined ? (boards?.[0] ?? null) : readProfile(masterProfile) };
}
