// `bsp` at the server: the step of a clock is the mean over all samples that its pushes were summed over, the same bytes
// whoever comes first, and of a lost worker what had come before counts.

import { expect } from 'chai';
import fc from 'fast-check';
import type { OptimizerSpec } from '../../../compute/specs.js';
import { mulberry32 } from '../../support/finite-differences.js';
import { bytes } from '../../support/star-samples.js';
import { type StarRun, TINY, WIDE } from '../../support/star-stages.js';
import { type AggregationInTest, gradientOf, merged, openAggregation, pushOf } from './aggregations.js';

const CLOCKS = 3;
const aRun: fc.Arbitrary<StarRun> = fc
  .record({
    shares: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
    optimizer: fc.constantFrom<OptimizerSpec>(
      { type: 'sgd', learningRate: 0.5, momentum: 0.9 },
      { type: 'sgd', learningRate: 0.5, schedule: { type: 'step', every: 1, factor: 0.5 } },
      { type: 'adam', learningRate: 0.1 },
      { type: 'adam', learningRate: 0.1, clipnorm: 0.05 },
    ),
  })
  .map(({ shares, optimizer }) => ({ shares, stage: { ...TINY, optimizer } }));

const workersOf = ({ shares }: StarRun) => shares.map((_, index) => index + 1);

/** One clock of these workers, in an order by chance. */
function play(
  { aggregation }: AggregationInTest,
  run: StarRun,
  workers: number[],
  clock: number,
  random: () => number,
) {
  const pushes = workers.map((worker) => pushOf(run, worker, clock));
  for (const piece of merged(pushes, random)) aggregation.take(piece);
}

async function weightsAfter(run: StarRun, seed: number, clocks = CLOCKS): Promise<string> {
  const star = await openAggregation(run);
  const random = mulberry32(seed);
  for (let clock = 0; clock < clocks; clock++) play(star, run, workersOf(run), clock, random);
  return bytes(star.weights());
}

/** The mean over the samples of some workers' shares, in double precision. */
function meanOf(run: StarRun, workers: readonly number[], clock: number): number[] {
  const samples = workers.reduce((sum, worker) => sum + (run.shares[worker - 1] as number), 0);
  const gradients = workers.map((worker) => gradientOf(run, worker, clock));
  return [...(gradients[0] as Float32Array)].map((_, at) => {
    return gradients.reduce((sum, gradient) => sum + (gradient[at] as number), 0) / samples;
  });
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const worst = Math.max(...Array.from(actual, (value, at) => Math.abs(value - (expected[at] as number))));
  expect(worst).to.be.at.most(1e-6);
}

describe('bulk aggregation', () => {
  it('comes to the same bytes in whatever order the pushes come', async () => {
    await fc.assert(
      fc.asyncProperty(aRun, fc.nat(), fc.nat(), async (run, one, other) => {
        expect(await weightsAfter(run, one)).to.equal(await weightsAfter(run, other));
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('does so piece by piece', async () => {
    const run = { stage: WIDE, shares: [3, 1, 2] };
    const all = [await weightsAfter(run, 1, 2), await weightsAfter(run, 2, 2), await weightsAfter(run, 3, 2)];
    expect(new Set(all).size).to.equal(1);
  });

  it('descends by the mean over all samples, so that a push weighs as its share', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 }), async (shares) => {
        const run = { stage: TINY, shares };
        const star = await openAggregation(run);
        const before = star.weights();
        play(star, run, workersOf(run), 0, mulberry32(7));
        const mean = meanOf(run, workersOf(run), 0);
        const expected = Float32Array.from(before, (weight, at) => weight - (mean[at] as number));
        expectClose(star.weights(), expected);
      }),
      { numRuns: 30, seed: 2 },
    );
  });

  it('gives out a piece once all have pushed it, though others are still to come', async () => {
    const run = { stage: WIDE, shares: [2, 2] };
    const { aggregation } = await openAggregation(run);
    const [one, two] = [pushOf(run, 1, 0), pushOf(run, 2, 0)];
    const state = () => [aggregation.isReady(1, 1, 0), aggregation.isReady(1, 1, 1), aggregation.isSettled()];
    const states = [one[0], two[0], two[1], one[1]].map((piece) => {
      if (piece) aggregation.take(piece);
      return state();
    });
    expect(states).to.deep.equal([
      [false, false, false],
      [true, false, false],
      [true, false, false],
      [true, true, true],
    ]);
  });

  it('where clipping needs whole tensors gives out none before all are there', async () => {
    const optimizer = { type: 'sgd', learningRate: 0.5, clipnorm: 1 } as const;
    const run = { stage: { ...WIDE, optimizer }, shares: [2, 2] };
    const { aggregation } = await openAggregation(run);
    const pieces = merged([pushOf(run, 1, 0), pushOf(run, 2, 0)], mulberry32(1));
    for (const [at, piece] of pieces.entries()) {
      expect(aggregation.isReady(1, 1, 0)).to.equal(false);
      aggregation.take(piece);
      expect(aggregation.isReady(1, 1, 1)).to.equal(at === pieces.length - 1);
    }
  });

  it('without a lost worker is the mean over those that are left, whenever it is lost', async () => {
    const run = { stage: TINY, shares: [4, 1, 3] };
    for (const after of [0, 1, 2]) {
      const star = await openAggregation(run);
      const before = star.weights();
      const others = [pushOf(run, 3, 0), pushOf(run, 1, 0)].flat();
      for (const [at, piece] of others.entries()) {
        if (at === after) star.aggregation.drop(2);
        star.aggregation.take(piece);
      }
      if (after === 2) star.aggregation.drop(2);
      const mean = meanOf(run, [1, 3], 0);
      expectClose(
        star.weights(),
        before.map((weight, at) => weight - (mean[at] as number)),
      );
      expect(star.aggregation.isSettled()).to.equal(true);
    }
  });

  it('divides the pieces of a worker lost amid its push by their own samples', async () => {
    for (const clipnorm of [undefined, 1e9]) {
      const optimizer = { type: 'sgd', learningRate: 1, ...(clipnorm && { clipnorm }) } as const;
      const run = { stage: { ...WIDE, optimizer }, shares: [4, 2] };
      const star = await openAggregation(run);
      const before = star.weights();
      const [whole, begun] = [pushOf(run, 1, 0), pushOf(run, 2, 0)];
      for (const piece of [whole[0], begun[0]]) if (piece) star.aggregation.take(piece);
      star.aggregation.drop(2);
      if (whole[1]) star.aggregation.take(whole[1]);
      const [both, one] = [meanOf(run, [1, 2], 0), meanOf(run, [1], 0)];
      const mean = (at: number) => (at < 65_536 ? both : one)[at] as number;
      expectClose(
        star.weights(),
        before.map((weight, at) => weight - mean(at)),
      );
    }
  });

  it('comes to the same bytes in whatever order also when a worker has been lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 3 }), fc.nat(), fc.nat(), async (kind, one, other) => {
        const optimizer = [
          { type: 'adam', learningRate: 0.1 },
          { type: 'sgd', learningRate: 0.5, schedule: { type: 'step', every: 1, factor: 0.5 } },
          { type: 'adam', learningRate: 0.1, clipnorm: 1 },
          { type: 'sgd', learningRate: 0.5, schedule: { type: 'cosine', steps: 3 } },
        ][kind] as OptimizerSpec;
        const run = { stage: { ...WIDE, optimizer }, shares: [2, 2, 2] };
        const ends = [one, other].map(async (seed) => {
          const star = await openAggregation(run);
          const random = mulberry32(seed);
          play(star, run, [1, 2, 3], 0, random);
          star.aggregation.drop(2);
          for (let clock = 1; clock < 4; clock++) play(star, run, [1, 3], clock, random);
          return bytes(star.weights());
        });
        expect(await ends[0]).to.equal(await ends[1]);
      }),
      { numRuns: 4, seed: 3 },
    );
  });

  it('names the worker whose push is not finite', async () => {
    const run = { stage: TINY, shares: [2, 2] };
    const { aggregation } = await openAggregation(run);
    const spoilt = (from: number) => pushOf(run, from, 0).map((piece) => ({ ...piece, data: piece.data.fill(NaN) }));
    const [first] = spoilt(2);
    if (first) aggregation.take(first); // waits for its turn
    expect(() => pushOf(run, 1, 0).forEach((piece) => void aggregation.take(piece))).to.throw(
      'the gradient of worker 2 is not finite in piece 0 of its clock 0',
    );
  });
});
