// The keys of a run file that ask for something which the run's mode does not have. They are no error, since the variants of a
// comparison share a file, and are not borne in silence either.

import { DEFAULT_STALENESS, type RunSpec } from './run-spec.js';

/** Each with its value, where that is not the default: `training.schedule: async`. */
export function idleKeys(spec: RunSpec): string[] {
  return spec.mode === 'star' ? idleInStar(spec) : idleInRing(spec);
}

function idleInStar({ training, masterStage, star }: RunSpec): string[] {
  return [
    ...(training.schedule === 'sync' ? [] : [`training.schedule: ${training.schedule}`]),
    ...(masterStage ? ['masterStage: true'] : []),
    ...(star.consistency === 'ssp' ? [] : idleStaleness(star)),
  ];
}

function idleInRing({ star, wire }: RunSpec): string[] {
  return [
    ...(star.consistency === 'bsp' ? [] : [`star.consistency: ${star.consistency}`]),
    ...idleStaleness(star),
    ...(star.localSteps === 1 ? [] : [`star.localSteps: ${star.localSteps}`]),
    ...(star.data === 'stream' ? [] : [`star.data: ${star.data}`]),
    ...(star.filter.type === 'none' ? [] : [`star.filter: ${star.filter.type}`]),
    ...(wire.parameters === 'f32' ? [] : [`wire.parameters: ${wire.parameters}`]),
  ];
}

function idleStaleness({ staleness }: RunSpec['star']): string[] {
  return staleness === DEFAULT_STALENESS ? [] : [`star.staleness: ${staleness}`];
}
