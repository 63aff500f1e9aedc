// From which cut a run goes on, and who gives whom what it lacks for that: a function of the cuts that were committed
// and of what the boards found on their disks.

import type { PlanEntry, SnapshotEntry } from '../../protocol/assignment.js';
import type { Mode } from '../../protocol/run-spec.js';

/** A version of the whole model, of which all stages were kept twice. */
export interface Cut {
  readonly step: number;
  /** Each stage's own, which together hold every layer with parameters. */
  readonly snapshots: readonly SnapshotEntry[];
  /** Who took part, and so may have some of them. */
  readonly agents: readonly string[];
}

/** Whose snapshots make up a cut: in a star the server has all that counts. */
export function stagesOf(mode: Mode, plan: readonly PlanEntry[]): PlanEntry[] {
  const stages = mode === 'star' ? plan.slice(0, 1) : plan;
  return stages.filter(({ firstLayer, endLayer }) => firstLayer < endLayer);
}

/** By agent, the master by its own name: what is whole on its disk. */
export type Holdings = ReadonlyMap<string, readonly SnapshotEntry[]>;

export interface Transfer {
  readonly snapshot: SnapshotEntry;
  /** The agent that has it. */
  readonly from: string;
  /** The agent that needs it. */
  readonly to: string;
}

/**
 * The newest cut of which somebody has every part. An older one only serves where nobody who is away can have what is
 * missing of the newer: it is spoilt.
 * @returns null when it is worth waiting
 */
export function newestHeld(cuts: readonly Cut[], holdings: Holdings): Cut | null {
  for (const cut of cuts.toSorted((a, b) => b.step - a.step)) {
    if (missingOf(cut, holdings).length === 0) return cut;
    if (cut.agents.some((agent) => !holdings.has(agent))) return null;
  }
  return null;
}

/** Whether none of them will ever serve: all who could have what is missing are there, and have it not. */
export function areSpoilt(cuts: readonly Cut[], holdings: Holdings): boolean {
  return cuts.every((cut) => cut.agents.every((agent) => holdings.has(agent)) && missingOf(cut, holdings).length > 0);
}

/** What nobody has who is there. */
export function missingOf({ snapshots }: Cut, holdings: Holdings): SnapshotEntry[] {
  const held = new Set([...holdings.values()].flat().map(idOf));
  return snapshots.filter((each) => !held.has(idOf(each)));
}

/** The snapshots from which a stage takes its layers. */
export function neededFor(
  { firstLayer, endLayer }: Pick<PlanEntry, 'firstLayer' | 'endLayer'>,
  snapshots: readonly SnapshotEntry[],
): SnapshotEntry[] {
  return snapshots.filter((each) => each.firstLayer < endLayer && firstLayer < each.endLayer);
}

/** What has to travel before each of the stages can begin at the cut; from each holder in turn, so that all share the work. */
export function transfersFor(stages: readonly PlanEntry[], cut: Cut, holdings: Holdings): Transfer[] {
  const load = new Map<string, number>();
  return stages.flatMap((entry) => {
    const own = new Set((holdings.get(entry.agent) ?? []).map(idOf));
    return neededFor(entry, cut.snapshots)
      .filter((each) => !own.has(idOf(each)))
      .map((snapshot) => {
        const from = leastLoaded(holdersOf(snapshot, holdings), load);
        load.set(from, (load.get(from) ?? 0) + snapshot.bytes);
        return { snapshot, from, to: entry.agent };
      });
  });
}

function holdersOf(snapshot: SnapshotEntry, holdings: Holdings): string[] {
  const id = idOf(snapshot);
  return [...holdings].filter(([, entries]) => entries.some((each) => idOf(each) === id)).map(([agent]) => agent);
}

function leastLoaded(agents: readonly string[], load: ReadonlyMap<string, number>): string {
  const [first, ...others] = agents;
  if (first === undefined) throw new RangeError('nobody holds the snapshot: not a cut that is held');
  return others.reduce((best, each) => ((load.get(each) ?? 0) < (load.get(best) ?? 0) ? each : best), first);
}

/** The same bytes of the same layers. */
function idOf({ step, firstLayer, endLayer, sha256 }: SnapshotEntry): string {
  return `${step}/${firstLayer}-${endLayer}/${sha256}`;
}
