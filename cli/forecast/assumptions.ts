// What every forecast supposes, said with its figures: beside what a fleet does not tell of itself.

import type { RunSpec } from '../../protocol/run-spec.js';

/** True of profiles, of emulated boards and of the simulator alike; a real board serialises and copies for each message. */
const FREE_MESSAGES = 'a message costs no processor time, beyond the copying of its numbers';

/** @param ofFleet what was supposed of boards and master */
export function assumptionsOf(spec: RunSpec, ofFleet: readonly string[]): string[] {
  return [...ofFleet, ...unknownsOf(spec), 'evaluations are left out', FREE_MESSAGES];
}

function unknownsOf({ star }: RunSpec): string[] {
  return star.filter.type === 'significance'
    ? ['what the filter significance lets through is not known before the run: counted as if it were all']
    : [];
}
