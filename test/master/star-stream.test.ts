// The stream of a star against made-up workers of any speed: every sample is given once, whoever is slow or lost, nobody
// gets too far ahead, evaluations are asked for in time, and there is an end.

import { expect } from 'chai';
import fc from 'fast-check';
import { Batches } from '../../data/batches.js';
import { fakeSource } from '../support/fake-source.js';
import { smallRun, specOf } from '../support/specs.js';
import { batchOf, type Course, Play } from './star-play.js';

const aCourse: fc.Arbitrary<Course> = fc
  .record({
    shares: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
    localSteps: fc.constantFrom(1, 1, 2, 5),
    inRounds: fc.boolean(),
    ahead: fc.constantFrom(2, 3),
    steps: fc.integer({ min: 1, max: 30 }),
    stepsPerEpoch: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(),
    losses: fc.array(fc.record({ worker: fc.nat({ max: 4 }), after: fc.nat({ max: 40 }) }), { maxLength: 3 }),
  })
  .map(({ losses, ...course }) => {
    const lost = losses.map(({ worker, after }) => ({ worker: 1 + (worker % course.shares.length), after }));
    return { ...course, lost: lost.slice(0, course.shares.length - 1) };
  });

/** The steps after which there is an evaluation. */
function epochEnds({ steps, stepsPerEpoch }: Course): number[] {
  const ends = Array.from({ length: Math.ceil(steps / stepsPerEpoch) }, (_, epoch) => (epoch + 1) * stepsPerEpoch);
  return ends.map((end) => Math.min(end, steps));
}

const COURSE: Course = {
  ...{ shares: [3, 2, 1], localSteps: 1, inRounds: false, steps: 4, stepsPerEpoch: 2, seed: 1, lost: [] },
};

describe('the stream of a star', () => {
  it('gives every sample once and in order, comes to the end once, and evaluates after each epoch', () => {
    fc.assert(
      fc.property(aCourse, (course) => {
        const play = new Play(course);
        play.toTheEnd();
        expect(play.positions.sort((a, b) => a - b)).to.deep.equal([...play.positions.keys()]);
        expect(play.applied).to.be.at.least(course.steps * batchOf(course));
        expect(play.finished).to.deep.equal([course.steps]);
        expect(play.evaluations).to.deep.equal(epochEnds(course));
      }),
      { numRuns: 400, seed: 1 },
    );
  });

  it('gives no more than it must: the last clocks are shorter, so that in rounds not a sample is too many', () => {
    fc.assert(
      fc.property(aCourse, (course) => {
        const play = new Play({ ...course, lost: [] });
        play.toTheEnd();
        const { shares, inRounds, steps } = course;
        const asked = steps * batchOf(course);
        expect(play.positions.length).to.be.below(asked + (inRounds ? 1 : Math.max(...shares)));
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it('goes beyond the end by less than one local step of those who are left, whoever is lost', () => {
    fc.assert(
      fc.property(aCourse, (course) => {
        const play = new Play(course);
        play.toTheEnd();
        const most = course.inRounds ? batchOf(course) : Math.max(...course.shares);
        expect(play.applied).to.be.below(course.steps * batchOf(course) + most);
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it('shares the last clocks out to all, where a clock is longer than the run', () => {
    for (const inRounds of [true, false]) {
      const play = new Play({ ...COURSE, shares: [3, 3, 2], localSteps: 64, steps: 10, stepsPerEpoch: 10, inRounds });
      play.toTheEnd();
      expect(play.granted).to.deep.equal([[10], [10], [10]]);
      expect(play.positions).to.have.length(80);
    }
  });

  it('under bsp makes of each local step of a round one global batch, side by side in the order of the positions', () => {
    fc.assert(
      fc.property(aCourse, (any) => {
        const course = { ...any, inRounds: true, lost: [] };
        const play = new Play(course);
        play.toTheEnd();
        const [batch, { shares, localSteps }] = [batchOf(course), course];
        for (const { worker, clock, micro, positions } of play.sent) {
          const before = shares.slice(0, worker - 1).reduce((sum, share) => sum + share, 0);
          expect(positions[0]).to.equal((clock * localSteps + micro) * batch + before);
          expect(positions).to.have.length(shares[worker - 1] as number);
        }
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it('shows every sample of an epoch once, in the order of its seed', () => {
    const shares = [5, 1, 2];
    const training = { batch: 8, microBatches: 2, epochs: 3 };
    const batches = new Batches(fakeSource({ train: 24 }), specOf(smallRun(training)));
    const play = new Play({ ...COURSE, shares, steps: batches.steps, stepsPerEpoch: 3 }, { batches });
    play.toTheEnd();
    const all = play.positions.slice(0, 3 * 24); // here the targets are the samples
    for (const epoch of [0, 1, 2]) {
      const seen = all.slice(24 * epoch, 24 * (epoch + 1));
      expect([...seen].sort((a, b) => a - b)).to.deep.equal([...seen.keys()]);
      expect(seen).not.to.deep.equal([...seen.keys()]);
    }
  });

  it('makes up for what a lost worker had with samples further on', () => {
    const play = new Play(COURSE);
    play.stream.resume();
    const givenBefore = play.positions.length;
    play.lose(1);
    play.toTheEnd();
    expect(play.positions.length).to.equal(4 * 6 + 2 * 3); // its two shares are given and never pushed
    expect(givenBefore).to.equal(12);
    expect(play.applied).to.equal(24);
    expect(play.stream.size).to.equal(2);
    expect([play.stream.samplesDue(1), play.stream.samplesDue(2)]).to.deep.equal([0, 0]);
  });

  it('heeds no push of a lost worker', () => {
    const play = new Play(COURSE);
    play.stream.resume();
    play.lose(1);
    const sent = play.sent.length;
    for (let times = 0; times < 10; times++) play.stream.pushed(1);
    expect(play.sent).to.have.length(sent);
    expect(play.stream.step).to.equal(0);
  });

  it('gives nothing while it pauses, and then goes on where it was', () => {
    const play = new Play({ ...COURSE, inRounds: true });
    expect(play.sent).to.deep.equal([]);
    play.stream.resume();
    play.stream.pause();
    const sent = play.sent.length;
    for (const worker of [1, 2, 3, 1, 2, 3]) expect(play.push(worker)).to.equal(true);
    expect(play.sent).to.have.length(sent);
    expect(play.finished).to.deep.equal([]);
    play.toTheEnd();
    expect(play.positions).to.deep.equal([...Array(24).keys()]);
  });

  it('when it is stopped waits for what is out, and says how many steps that made', () => {
    const play = new Play({ ...COURSE, steps: 100, inRounds: true });
    play.stream.resume();
    play.push(1);
    play.isStopping = true;
    for (const worker of [2, 3, 1, 2]) play.push(worker);
    expect(play.finished).to.deep.equal([]);
    play.push(3);
    expect(play.finished).to.deep.equal([2]);
    expect(play.sent).to.have.length(6);
  });

  it('sends no data to workers that have their own, but grants as many clocks', () => {
    const [own, streamed] = [new Play(COURSE, { isLocal: true }), new Play(COURSE)];
    for (const play of [own, streamed]) play.toTheEnd();
    expect(own.sent).to.deep.equal([]);
    expect(own.given).to.deep.equal(streamed.given);
    expect(own.finished).to.deep.equal([4]);
  });

  it('evaluates last what the run ends with: no push comes between', () => {
    fc.assert(
      fc.property(aCourse, (course) => {
        const play = new Play(course);
        const stillOut: number[] = [];
        play.onPushed = () => {
          const isDue = play.evaluations.includes(course.steps) && play.applied >= course.steps * batchOf(course);
          if (isDue) stillOut.push(play.reachable - play.applied);
        };
        play.toTheEnd();
        expect(stillOut).to.deep.equal([0]);
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('goes on from a cut with the samples that come after it, and the evaluations', () => {
    fc.assert(
      fc.property(aCourse, fc.nat(), (course, seed) => {
        const firstStep = seed % course.steps;
        const play = new Play({ ...course, lost: [], firstStep });
        play.toTheEnd();
        const first = firstStep * batchOf(course);
        expect(play.positions.sort((a, b) => a - b)).to.deep.equal([...play.positions.keys()].map((at) => first + at));
        expect(play.applied).to.be.at.least(course.steps * batchOf(course));
        expect(play.finished).to.deep.equal([course.steps]);
        expect(play.evaluations).to.deep.equal(epochEnds(course).filter((end) => end > firstStep));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('asks for each cut once, before anything beyond it can be in the weights', () => {
    fc.assert(
      fc.property(aCourse, fc.integer({ min: 1, max: 5 }), (course, cutEvery) => {
        const play = new Play({ ...course, lost: [], localSteps: 1, inRounds: true, cutEvery });
        play.toTheEnd();
        const due = Array.from({ length: course.steps - 1 }, (_, at) => at + 1).filter((step) => step % cutEvery === 0);
        expect(play.cuts.map(({ step }) => step)).to.deep.equal(due);
        // With the share that is about to be granted all samples of those steps are given, and none beyond.
        const last = course.shares.at(-1) as number;
        for (const { step, reachable } of play.cuts) expect(reachable + last).to.equal(step * batchOf(course));
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
