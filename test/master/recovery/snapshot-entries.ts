// Plans and snapshots for tests of recovery.

import type { PlanEntry, SnapshotEntry } from '../../../protocol/assignment.js';

type Place = Pick<PlanEntry, 'position' | 'agent' | 'firstLayer' | 'endLayer'>;

/** Names of agents by position, and where the stage of each begins; position 0, the last one, ends the model. */
export function planOf(
  stages: readonly (readonly [agent: string, firstLayer: number, endLayer: number])[],
): PlanEntry[] {
  return stages.map(([agent, firstLayer, endLayer], position): PlanEntry => {
    const place: Place = { position, agent, firstLayer, endLayer };
    return place as PlanEntry;
  });
}

export function entryOf(step: number, firstLayer: number, endLayer: number, fill = 'a'): SnapshotEntry {
  return { step, firstLayer, endLayer, sha256: fill.repeat(64), bytes: 10 * (endLayer - firstLayer) };
}
