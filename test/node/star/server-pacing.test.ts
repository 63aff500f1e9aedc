// Whose turn it is at the server of a star, on recorded clocks: whatever the number of workers, the bound, the order of
// events and whoever is lost, nobody is granted more than the bound allows, and everybody left comes to the end.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Consistency } from '../../../node/consistency.js';
import { mulberry32 } from '../../support/finite-differences.js';
import { type MadeUpStar, openMadeUpStar, type Recorded } from '../../support/made-up-star.js';
import { type StarRun, TINY, WIDE } from '../../support/star-stages.js';

const CLOCKS = 6;

interface Course {
  readonly workers: number;
  readonly consistency: Consistency;
  readonly staleness: number;
  /** How often each worker gets its turn, beside the others. */
  readonly speeds: readonly number[];
  readonly seed: number;
  /** Lost, each after so many turns. */
  readonly lost: readonly { readonly worker: number; readonly after: number }[];
}

const aCourse: fc.Arbitrary<Course> = fc
  .record({
    workers: fc.integer({ min: 1, max: 6 }),
    consistency: fc.constantFrom<Consistency>('bsp', 'ssp', 'asp'),
    staleness: fc.nat({ max: 4 }),
    speeds: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 6, maxLength: 6 }),
    seed: fc.nat(),
    losses: fc.array(fc.record({ worker: fc.nat({ max: 5 }), after: fc.nat({ max: 60 }) }), { maxLength: 3 }),
  })
  .map(({ losses, ...course }) => {
    const lost = losses.map(({ worker, after }) => ({ worker: 1 + (worker % course.workers), after }));
    return { ...course, lost: lost.slice(0, course.workers - 1) };
  });

function runOf({ workers, consistency, staleness }: Course, stage = TINY): StarRun {
  return { stage, shares: Array.from({ length: workers }, () => 2), star: { consistency, staleness } };
}

/** Until nobody has anything to do. The server works between turns, or not: messages may wait for it. */
function play(star: MadeUpStar, { workers, speeds, seed, lost }: Course): void {
  const random = mulberry32(seed);
  const turns = Array.from({ length: workers }, (_, index) => index + 1).flatMap((worker) =>
    Array.from({ length: speeds[worker - 1] as number }, () => worker),
  );
  const losses = [...lost];
  for (let turn = 0, idle = 0; idle < 20 * turns.length; turn++) {
    for (const loss of losses.filter(({ after }) => after === turn)) star.drop(loss.worker);
    const worker = turns[Math.floor(random() * turns.length)] as number;
    const moved = star.pushPiece(worker) || (random() < 0.5 && star.node.runOnce());
    idle = moved ? 0 : idle + 1;
  }
  star.settle();
  for (let moved = true; moved; star.settle()) {
    moved = Array.from({ length: workers }, (_, index) => star.pushPiece(index + 1)).some(Boolean);
  }
}

/** @throws AssertionError at the first grant that allows too much */
function checkBound(records: readonly Recorded[], { workers, consistency, staleness }: Course): void {
  const clocks = new Map(Array.from({ length: workers }, (_, index) => [index + 1, 0]));
  for (const { kind, worker, clock, until = clock + 1 } of records) {
    if (kind === 'drop') clocks.delete(worker);
    else if (kind === 'push') {
      if (clocks.has(worker)) clocks.set(worker, clock + 1);
    } else if (consistency !== 'asp') {
      const bound = consistency === 'bsp' ? 0 : staleness;
      expect(until - 1 - Math.min(...clocks.values()), `worker ${worker} at clock ${clock}`).to.be.at.most(bound);
    }
  }
}

describe('the server of a star', () => {
  it('holds the bound at every grant, and lets everybody that is left come to the end', async () => {
    await fc.assert(
      fc.asyncProperty(aCourse, async (course) => {
        const star = await openMadeUpStar(runOf(course));
        star.share(CLOCKS);
        play(star, course);
        checkBound(star.records, course);
        const gone = new Set(star.records.filter(({ kind }) => kind === 'drop').map(({ worker }) => worker));
        for (let worker = 1; worker <= course.workers; worker++) {
          const pushes = star.records.filter((each) => each.kind === 'push' && each.worker === worker);
          if (!gone.has(worker)) expect(pushes.map(({ clock }) => clock)).to.deep.equal([0, 1, 2, 3, 4, 5]);
        }
        expect(star.told.filter(({ kind }) => kind === 'fault')).to.deep.equal([]);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('does so piece by piece', async () => {
    await fc.assert(
      fc.asyncProperty(aCourse, async (any) => {
        const course = { ...any, workers: 1 + (any.workers % 3), lost: [] };
        const star = await openMadeUpStar(runOf(course, WIDE));
        star.share(3);
        play(star, course);
        checkBound(star.records, course);
        expect(star.records.filter(({ kind }) => kind === 'push')).to.have.length(3 * course.workers);
      }),
      { numRuns: 12, seed: 2 },
    );
  });

  const alone = async (consistency: Consistency, staleness = 0): Promise<number[]> => {
    const star = await openMadeUpStar({ stage: TINY, shares: [2, 2], star: { consistency, staleness } });
    star.share(CLOCKS);
    for (let turn = 0; turn < 3 * CLOCKS; turn++) {
      star.settle();
      star.pushPiece(1);
    }
    return star.records.flatMap(({ kind, worker, clock }) => (kind === 'push' && worker === 1 ? [clock] : []));
  };

  it('lets one whose fellow does nothing push once under bsp, s + 1 times under ssp, always under asp', async () => {
    expect(await alone('bsp')).to.deep.equal([0]);
    expect(await alone('ssp', 0)).to.deep.equal([0]);
    expect(await alone('ssp', 3)).to.deep.equal([0, 1, 2, 3]);
    expect(await alone('asp')).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it('grants no clock for which the worker has no data', async () => {
    const star = await openMadeUpStar({ stage: TINY, shares: [2, 2], star: { consistency: 'asp' } });
    star.settle();
    expect(star.records).to.deep.equal([]);
    star.node.deliver({ kind: 'share', to: 2 });
    star.settle();
    expect(star.records).to.deep.equal([{ kind: 'grant', worker: 2, clock: 0, until: 1 }]);
    expect(star.sentTo(1)).to.equal(0);
  });

  it('heeds no push of a worker that was dropped, and goes on when all but one are', async () => {
    const star = await openMadeUpStar({ stage: TINY, shares: [2, 2, 2] });
    star.share(2);
    star.settle();
    for (const worker of [2, 3]) star.drop(worker);
    const late = {
      kind: 'gradient',
      from: 2,
      step: 0,
      micro: 0,
      data: new Float32Array(32).fill(NaN),
      loss: 1,
    } as const;
    star.node.deliver(late);
    for (const _ of [0, 1]) {
      star.pushPiece(1);
      star.settle();
    }
    expect(star.told.map(({ kind }) => kind)).to.deep.equal(['pushed', 'pushed']);
  });

  it('says how many pushes came between the parameters of a push and itself', async () => {
    const star = await openMadeUpStar({ stage: TINY, shares: [2, 2, 2], star: { consistency: 'asp' } });
    star.share(2);
    star.settle();
    for (const worker of [1, 1, 2, 3]) {
      star.pushPiece(worker);
      star.settle();
    }
    const figures = star.told.flatMap((each) => (each.kind === 'pushed' ? [[each.from, each.staleness]] : []));
    expect(figures).to.deep.equal([
      [1, 0],
      [1, 0],
      [2, 2],
      [3, 3],
    ]);
    expect(star.activity.staleness).to.deep.include({ mean: 5 / 4, max: 3 });
  });

  it('counts the pushes since the parameters that a push was computed at, be they those of the clock before', async () => {
    const star = await openMadeUpStar({ stage: TINY, shares: [2, 2], star: { consistency: 'asp' } });
    star.share(3);
    star.settle();
    for (const worker of [1, 1, 2]) star.pushPiece(worker); // the second one ahead
    star.settle();
    star.pushPiece(1);
    star.settle();
    const figures = star.told.flatMap((each) => (each.kind === 'pushed' ? [[each.from, each.staleness]] : []));
    expect(figures).to.deep.equal([
      [1, 0],
      [1, 1],
      [2, 2],
      [1, 1], // its parameters were given before the push of 2 came in
    ]);
  });

  it('lets one go on beyond its parameters by one clock, if the data for it are there', async () => {
    const grantsOf = async (star: StarRun['star'], clocks: number) => {
      const made = await openMadeUpStar({ stage: TINY, shares: [2, 2], star: star ?? {} });
      made.share(clocks);
      made.settle();
      return made.records.map(({ clock, until }) => [clock, until]);
    };
    const both = (clock: number, until?: number) => [0, 1].map(() => [clock, until]);
    expect(await grantsOf({ consistency: 'asp' }, 3)).to.deep.equal(both(0, 2));
    expect(await grantsOf({ consistency: 'asp' }, 1)).to.deep.equal(both(0, 1));
    expect(await grantsOf({ consistency: 'ssp', staleness: 1 }, 3)).to.deep.equal(both(0, 2));
    expect(await grantsOf({ consistency: 'ssp', staleness: 0 }, 3)).to.deep.equal(both(0));
    expect(await grantsOf({ consistency: 'bsp' }, 3)).to.deep.equal(both(0));
    expect(await grantsOf({ consistency: 'asp', localSteps: 2 }, 3)).to.deep.equal(both(0));
  });

  it('says that under bsp no push is stale', async () => {
    const star = await openMadeUpStar({ stage: TINY, shares: [2, 2] });
    star.share(1);
    star.settle();
    for (const worker of [2, 1]) star.pushPiece(worker);
    star.settle();
    expect(star.activity.staleness).to.deep.include({ mean: 0, max: 0 });
  });
});
