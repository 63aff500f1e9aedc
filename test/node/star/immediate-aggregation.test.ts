// `ssp` and `asp` at the server: every push is one optimizer step, once, when it is there, and as large as its samples.

import { expect } from 'chai';
import fc from 'fast-check';
import { learningRateOf } from '../../../compute/optimizers.js';
import type { OptimizerSpec } from '../../../compute/specs.js';
import { optimizerOfPush } from '../../../node/star/immediate-aggregation.js';
import { mulberry32 } from '../../support/finite-differences.js';
import { bytes } from '../../support/star-samples.js';
import { partAt, type StarRun, TINY, WIDE } from '../../support/star-stages.js';
import { gradientOf, merged, openAggregation, pushOf } from './aggregations.js';

const star = { consistency: 'asp' } as const;
const RATE = 0.5;

/** Pushes of whole clocks, in the order in which their last pieces come. */
const someArrivals = fc.record({
  shares: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
  turns: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 12 }),
});

function arrivalsOf({ shares, turns }: { shares: readonly number[]; turns: readonly number[] }) {
  const clocks = shares.map(() => 0);
  return turns.map((turn) => {
    const worker = turn % shares.length;
    const clock = clocks[worker] as number;
    clocks[worker] = clock + 1;
    return { worker: worker + 1, clock };
  });
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const worst = Math.max(...Array.from(actual, (value, at) => Math.abs(value - (expected[at] as number))));
  expect(worst).to.be.at.most(1e-5);
}

describe('immediate aggregation', () => {
  it('applies each push once, in the order of arrival, as far as its samples of the step go', async () => {
    await fc.assert(
      fc.asyncProperty(someArrivals, async (course) => {
        const momentum = 0.9;
        const optimizer = { type: 'sgd', learningRate: RATE, momentum } as const;
        const run: StarRun = { stage: { ...TINY, optimizer }, shares: course.shares, star };
        const { aggregation, weights } = await openAggregation(run);
        const expected = Float64Array.from(weights());
        const velocity = new Float64Array(expected.length);
        const samples = course.shares.reduce((sum, share) => sum + share, 0);
        for (const { worker, clock } of arrivalsOf(course)) {
          for (const piece of pushOf(run, worker, clock)) aggregation.take(piece);
          const share = course.shares[worker - 1] as number;
          for (const [at, gradient] of gradientOf(run, worker, clock).entries()) {
            velocity[at] = momentum * (velocity[at] as number) - ((RATE * share) / samples) * (gradient / share);
            expected[at]! += velocity[at] as number;
          }
        }
        expectClose(weights(), expected);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('changes nothing when a worker is lost: what it pushed stays', async () => {
    const run: StarRun = { stage: WIDE, shares: [2, 2], star };
    const { aggregation, weights } = await openAggregation(run);
    const [first] = pushOf(run, 2, 0);
    if (first) aggregation.take(first);
    const before = bytes(weights());
    aggregation.drop(2);
    expect(bytes(weights()) === before).to.equal(true);
    expect(aggregation.isSettled()).to.equal(true);
  });

  it('gives a worker the pieces that its own push is in, whatever the others do', async () => {
    const { aggregation } = await openAggregation({ stage: WIDE, shares: [2, 2], star });
    const run: StarRun = { stage: WIDE, shares: [2, 2], star };
    const ready = (worker: number, clock: number) => [0, 1].map((piece) => aggregation.isReady(worker, clock, piece));
    const [one, two] = pushOf(run, 1, 0);
    if (one) aggregation.take(one);
    expect([ready(1, 1), ready(2, 1)]).to.deep.equal([
      [true, false],
      [false, false],
    ]);
    if (two) aggregation.take(two);
    expect([ready(1, 1), ready(1, 2), ready(2, 1)]).to.deep.equal([
      [true, true],
      [false, false],
      [false, false],
    ]);
  });

  it('with clipping takes a push as a whole, though pieces of others come between', async () => {
    const optimizer = { type: 'sgd', learningRate: RATE, clipnorm: 0.01 } as const;
    const run: StarRun = { stage: { ...WIDE, optimizer }, shares: [3, 2], star };
    const ends = [1, 2, 3, 4].map(async (seed) => {
      const { aggregation, weights } = await openAggregation(run);
      const before = bytes(weights());
      const pieces = merged([pushOf(run, 1, 0), pushOf(run, 2, 0)], mulberry32(seed));
      const whole = new Set<number>();
      for (const piece of pieces) {
        if (whole.size === 0) expect(bytes(weights()) === before).to.equal(true);
        aggregation.take(piece);
        if (piece.micro === 1) whole.add(piece.from);
      }
      return weights();
    });
    // The steps of plain SGD add up, whichever is first.
    const [first, ...others] = await Promise.all(ends);
    for (const other of others) expectClose(other, first as Float32Array);
  });

  it('with clipping forgets the pieces of a worker that was lost amid its push', async () => {
    const optimizer = { type: 'sgd', learningRate: RATE, clipnorm: 0.01 } as const;
    const run: StarRun = { stage: { ...WIDE, optimizer }, shares: [2, 2], star };
    const [alone, beside] = [await openAggregation(run), await openAggregation(run)];
    const [begun] = pushOf(run, 2, 0);
    if (begun) beside.aggregation.take(begun);
    beside.aggregation.drop(2);
    for (const { aggregation } of [alone, beside]) for (const piece of pushOf(run, 1, 0)) aggregation.take(piece);
    expect(bytes(alone.weights()) === bytes(beside.weights())).to.equal(true);
  });

  it('names the worker whose push is not finite', async () => {
    const run: StarRun = { stage: TINY, shares: [2, 2], star };
    const { aggregation } = await openAggregation(run);
    const [piece] = pushOf(run, 2, 5);
    piece?.data.fill(Number.NaN);
    expect(() => piece && aggregation.take(piece)).to.throw(
      'the gradient of worker 2 is not finite in piece 0 of its clock 5',
    );
  });
});

describe('the optimizer of a push', () => {
  const part = partAt({ stage: TINY, shares: [1, 3], star }, 0);

  it('has the learning rates of as many samples, so that an epoch of pushes goes as far as one of steps', () => {
    const schedules = fc.constantFrom<OptimizerSpec['schedule']>(
      undefined,
      { type: 'constant' },
      { type: 'step', every: 5, factor: 0.5 },
      { type: 'cosine', steps: 12, alpha: 0.1 },
    );
    fc.assert(
      fc.property(schedules, fc.constantFrom<'sgd' | 'adam'>('sgd', 'adam'), fc.nat({ max: 30 }), (...drawn) => {
        const [schedule, type, step] = drawn;
        const asked = { type, learningRate: 0.2, ...(schedule && { schedule }) } as OptimizerSpec;
        for (const share of part.shares) {
          const pushes = 4 / share; // of a step
          const ofPush = learningRateOf(optimizerOfPush(asked, part, share));
          expect(ofPush(step * pushes) * pushes).to.be.closeTo(learningRateOf(asked)(step), 1e-12);
        }
      }),
      { seed: 1 },
    );
  });

  it('is the plain average where the workers descend by themselves', () => {
    const asked = { type: 'adam', learningRate: 0.2 } as const;
    expect(optimizerOfPush(asked, { ...part, localSteps: 4 }, 1)).to.deep.equal({ type: 'sgd', learningRate: 0.25 });
  });
});
