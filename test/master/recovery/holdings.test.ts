// From which cut a run goes on, and who gives whom what: for any split before and after, and whoever vanishes.

import { expect } from 'chai';
import fc from 'fast-check';
import {
  areSpoilt,
  type Cut,
  missingOf,
  neededFor,
  newestHeld,
  stagesOf,
  transfersFor,
} from '../../../master/recovery/holdings.js';
import type { PlanEntry, SnapshotEntry } from '../../../protocol/assignment.js';
import { MASTER_ID } from '../../../protocol/topics.js';
import { entryOf, planOf } from './snapshot-entries.js';

const LAYERS = 12;

/** Any split of the layers over some boards and, perhaps, the master. */
const plans = fc
  .record({
    boards: fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e', 'f'], { minLength: 1 }),
    cuts: fc.uniqueArray(fc.integer({ min: 1, max: LAYERS - 1 }), { minLength: 6, maxLength: 6 }),
    atMaster: fc.boolean(),
  })
  .map(({ boards, cuts, atMaster }) => {
    const stages = boards.length + Number(atMaster);
    const bounds = [0, ...cuts.slice(0, stages - 1).sort((a, b) => a - b), LAYERS];
    const of = (index: number) => [bounds[index] as number, bounds[index + 1] as number] as const;
    const own = atMaster ? of(stages - 1) : ([LAYERS, LAYERS] as const);
    return planOf([[MASTER_ID, ...own], ...boards.map((agent, index) => [agent, ...of(index)] as const)]);
  });

/** As it lies on the disks after a cut: each stage's own, and its replica at the clockwise neighbour. */
function keptBy(plan: readonly PlanEntry[], step: number): { cut: Cut; holdings: Map<string, SnapshotEntry[]> } {
  const holdings = new Map(plan.map(({ agent }) => [agent, [] as SnapshotEntry[]]));
  const snapshots = stagesOf('ring', plan).map(({ position, agent, firstLayer, endLayer }) => {
    const entry = entryOf(step, firstLayer, endLayer);
    const neighbour = plan[(position + 1) % plan.length] as PlanEntry;
    for (const keeper of new Set([agent, neighbour.agent])) holdings.get(keeper)?.push(entry);
    return entry;
  });
  return { cut: { step, snapshots, agents: plan.map(({ agent }) => agent) }, holdings };
}

function layersOf(snapshots: readonly SnapshotEntry[]): number[] {
  return snapshots.flatMap(({ firstLayer, endLayer }) => range(firstLayer, endLayer)).sort((a, b) => a - b);
}

const range = (first: number, end: number) => Array.from({ length: end - first }, (_, index) => first + index);

describe('what boards hold of a run', () => {
  it('gives each stage of any other plan exactly its layers, from those that have them', () => {
    fc.assert(
      fc.property(plans, plans, fc.nat(), (before, after, seed) => {
        const { cut, holdings } = keptBy(before, 10);
        // One board vanishes for good, never the master: what it held lies at another one, too.
        const gone = (before[1 + (seed % (before.length - 1))] as PlanEntry).agent;
        const survivors = new Map([...holdings].filter(([agent]) => agent !== gone));
        const found = newestHeld([cut], survivors);
        expect(found).to.equal(cut);
        const stages = stagesOf('ring', after);
        const transfers = transfersFor(stages, cut, survivors);
        for (const { snapshot, from, to } of transfers) {
          expect(survivors.get(from)).to.include(snapshot);
          expect(from).not.to.equal(to);
        }
        for (const stage of stages) {
          const needed = neededFor(stage, cut.snapshots);
          const layers = layersOf(needed);
          expect(layers).to.include.members(range(stage.firstLayer, stage.endLayer));
          expect(new Set(layers).size).to.equal(layers.length);
          for (const each of needed)
            expect(each.firstLayer < stage.endLayer && stage.firstLayer < each.endLayer).to.equal(true);
          const own = survivors.get(stage.agent) ?? [];
          const come = transfers.filter(({ to }) => to === stage.agent).map(({ snapshot }) => snapshot);
          expect([...needed].filter((each) => !own.includes(each))).to.have.deep.members(come);
        }
      }),
    );
  });

  it('is the newest cut of which every part is somewhere', () => {
    fc.assert(
      fc.property(
        plans,
        fc.uniqueArray(fc.nat({ max: 99 }), { minLength: 1, maxLength: 3 }),
        fc.infiniteStream(fc.boolean()),
        (plan, steps, isLost) => {
          const kept = steps.map((step) => keptBy(plan, step));
          const holdings = new Map<string, SnapshotEntry[]>();
          for (const each of kept) {
            for (const [agent, entries] of each.holdings) {
              const left = entries.filter(() => !isLost.next().value);
              holdings.set(agent, [...(holdings.get(agent) ?? []), ...left]);
            }
          }
          const cuts = kept.map(({ cut }) => cut);
          const isWhole = (cut: Cut) => missingOf(cut, holdings).length === 0;
          const newest = cuts.filter(isWhole).toSorted((a, b) => b.step - a.step)[0] ?? null;
          expect(newestHeld(cuts, holdings)).to.equal(newest);
        },
      ),
    );
  });

  it('is not an older cut while somebody is away who may have the newer', () => {
    const cutAt = (step: number) => ({ step, snapshots: [entryOf(step, 0, 2)], agents: ['a', 'b'] });
    const [older, newer] = [cutAt(5), cutAt(6)];
    const spoilt = new Map([['a', older.snapshots]]);
    expect(newestHeld([older, newer], spoilt)).to.equal(null);
    expect(newestHeld([older, newer], new Map([...spoilt, ['b', []]]))).to.equal(older);
  });

  it('is not what has another checksum', () => {
    const cut = { step: 5, snapshots: [entryOf(5, 0, 2)], agents: ['a'] };
    const holdings = new Map([['a', [entryOf(5, 0, 2, 'b'), entryOf(4, 0, 2), entryOf(5, 0, 3)]]]);
    expect(newestHeld([cut], holdings)).to.equal(null);
    expect(missingOf(cut, holdings)).to.deep.equal(cut.snapshots);
  });

  it('travels from each holder in turn', () => {
    const snapshots = [entryOf(5, 0, 2), entryOf(5, 2, 4)];
    const holdings = new Map([
      ['a', snapshots],
      ['b', snapshots],
    ]);
    const stages = planOf([
      ['master', 4, 4],
      ['c', 0, 2],
      ['d', 2, 4],
    ]);
    const froms = transfersFor(stagesOf('ring', stages), { step: 5, snapshots, agents: ['a', 'b'] }, holdings).map(
      ({ from }) => from,
    );
    expect(froms).to.have.members(['a', 'b']);
  });

  it('is all at the server of a star', () => {
    const plan = planOf([
      ['master', 0, 4],
      ['a', 0, 4],
    ]);
    expect(stagesOf('star', plan)).to.deep.equal(plan.slice(0, 1));
  });

  it('is spoilt for good where all who took part are there and have it not', () => {
    const plan = planOf([
      [MASTER_ID, LAYERS, LAYERS],
      ['a', 0, LAYERS],
    ]);
    const { cut, holdings } = keptBy(plan, 10);
    expect(areSpoilt([cut], holdings)).to.equal(false);
    const empty = new Map([...holdings.keys()].map((agent) => [agent, []]));
    expect(areSpoilt([cut], empty)).to.equal(true);
    expect(areSpoilt([cut], new Map([[MASTER_ID, []]])), 'a board is away').to.equal(false);
  });
});
