// Federated averaging against the same arithmetic in double precision: what a worker pushes after its local steps, and
// what the server makes of all pushes. One local step is no more than an ordinary push.

import { expect } from 'chai';
import fc from 'fast-check';
import { mulberry32 } from '../../support/finite-differences.js';
import { openLocalStar } from '../../support/local-star.js';
import { bytes, type Samples, samplesFrom, weightsOf } from '../../support/star-samples.js';
import { CLASSES, type StarRun, TINY } from '../../support/star-stages.js';

const WIDTH = 3;
const RATE = 0.3;
const MOMENTUM = 0.9;
/** Where the bias begins in the flat vector: the kernel is padded to a cache line. */
const BIAS = 16;

/** The gradient of a dense layer under softmax and cross entropy, summed over the samples; and their losses. */
function gradientOf(weights: Float64Array, { data, targets }: Samples): { gradient: Float64Array; loss: number } {
  const gradient = new Float64Array(weights.length);
  let loss = 0;
  for (const [row, target] of targets.entries()) {
    const x = [...data.subarray(row * WIDTH, (row + 1) * WIDTH)];
    const logits = Array.from({ length: CLASSES }, (_, unit) =>
      x.reduce(
        (sum, value, at) => sum + value * (weights[at * CLASSES + unit] as number),
        weights[BIAS + unit] as number,
      ),
    );
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    loss += Math.log(total) - (logits[target] as number);
    for (const [unit, logit] of logits.entries()) {
      const dLogit = Math.exp(logit) / total - (unit === target ? 1 : 0);
      gradient[BIAS + unit]! += dLogit;
      for (const [at, value] of x.entries()) gradient[at * CLASSES + unit]! += value * dLogit;
    }
  }
  return { gradient, loss };
}

/** A worker's local steps from these weights; its velocity stays with it from clock to clock. */
function localSteps(
  start: Float64Array,
  velocity: Float64Array,
  samples: readonly Samples[],
  rateAt = (_: number) => RATE,
) {
  const weights = start.slice();
  let losses = 0;
  for (const [step, each] of samples.entries()) {
    const { gradient, loss } = gradientOf(weights, each);
    losses += loss;
    for (const [at, value] of gradient.entries()) {
      velocity[at] = MOMENTUM * (velocity[at] as number) - (rateAt(step) * value) / each.targets.length;
      weights[at]! += velocity[at] as number;
    }
  }
  return { weights, losses };
}

/** Relative to the largest. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const scale = Math.max(...Array.from(expected, Math.abs));
  const worst = Math.max(...Array.from(actual, (value, at) => Math.abs(value - (expected[at] as number))));
  expect(worst / scale).to.be.at.most(tolerance);
}

function samplesOf(worker: number, clock: number, tau: number, share: number): Samples[] {
  return Array.from({ length: tau }, (_, micro) =>
    samplesFrom(1000 * worker + (clock * tau + micro) * share, share, 3),
  );
}

const aCourse = fc.record({
  shares: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
  tau: fc.integer({ min: 2, max: 5 }),
  seed: fc.nat(),
});

const optimizer = { type: 'sgd', learningRate: RATE, momentum: MOMENTUM } as const;
const runOf = (shares: readonly number[], tau: number): StarRun => {
  return { stage: { ...TINY, optimizer }, shares, star: { localSteps: tau } };
};

describe('local steps', () => {
  it('are the same steps in double precision, and their average weighted by samples', async () => {
    await fc.assert(
      fc.asyncProperty(aCourse, async ({ shares, tau, seed }) => {
        const star = await openLocalStar(runOf(shares, tau));
        const random = mulberry32(seed);
        const samples = shares.reduce((sum, share) => sum + share, 0);
        const velocities = shares.map(() => new Float64Array(32));
        let global = Float64Array.from(weightsOf(star.server.worker));
        for (let clock = 0; clock < 3; clock++) {
          const average = new Float64Array(32);
          for (const [index, share] of shares.entries()) {
            const given = samplesOf(index, clock, tau, share);
            for (const [micro, each] of given.entries()) star.give(index + 1, clock, micro, each);
            const { weights } = localSteps(global, velocities[index] as Float64Array, given);
            for (const [at, weight] of weights.entries()) average[at]! += (share / samples) * weight;
          }
          star.run(random);
          global = average;
          expectClose(weightsOf(star.server.worker), global, 1e-5);
        }
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it('are fewer in a clock for which the server says so', async () => {
    const [share, tau] = [4, 5];
    const star = await openLocalStar(runOf([share, share], tau));
    const given = samplesOf(0, 0, tau, share);
    let start = Float64Array.from(weightsOf(star.server.worker));
    const velocity = new Float64Array(32);
    for (const [clock, steps] of [tau, 2, 1].entries()) {
      for (const worker of [1, 2]) {
        for (const [micro, each] of given.slice(0, steps).entries()) star.give(worker, clock, micro, each, steps);
      }
      star.run(mulberry32(clock));
      start = localSteps(start, velocity, given.slice(0, steps)).weights; // both have the same samples
      expectClose(weightsOf(star.server.worker), start, 1e-5);
    }
    expect(star.pushes.map(({ step }) => step)).to.deep.equal([0, 0, 1, 1, 2, 2]);
  });

  it('are pushed as what they changed, for each sample of the share, with the losses of all', async () => {
    const [share, tau] = [4, 3];
    const star = await openLocalStar(runOf([share], tau));
    const start = Float64Array.from(weightsOf(star.server.worker));
    const given = samplesOf(0, 0, tau, share);
    for (const [micro, each] of given.entries()) star.give(1, 0, micro, each);
    star.run(mulberry32(1));
    const { weights, losses } = localSteps(start, new Float64Array(32), given);
    const [push] = star.pushes;
    expect(star.pushes).to.have.length(1);
    expectClose(
      push?.data ?? [],
      start.map((weight, at) => share * (weight - (weights[at] as number))),
      1e-5,
    );
    expect(push?.loss).to.be.closeTo(losses, 1e-4);
  });

  it('take the learning rate of the step that the run is at, wherever its generation begins', async () => {
    const [share, tau] = [4, 4];
    const schedule = { type: 'step', every: 10, factor: 0.8 } as const;
    const given = samplesOf(0, 0, tau, share);
    for (const firstStep of [0, 8, 100]) {
      const stage = { ...TINY, optimizer: { ...optimizer, schedule } };
      const star = await openLocalStar({ stage, shares: [share], star: { localSteps: tau, firstStep } });
      const start = Float64Array.from(weightsOf(star.server.worker));
      for (const [micro, each] of given.entries()) star.give(1, 0, micro, each);
      star.run(mulberry32(1));
      const rateAt = (step: number) => RATE * 0.8 ** Math.floor((firstStep + step) / 10);
      const { weights } = localSteps(start, new Float64Array(32), given, rateAt);
      const changes = weights.map((weight, at) => share * ((start[at] as number) - weight));
      expectClose(star.pushes[0]?.data ?? [], changes, 1e-5);
    }
  });

  it("correct Adam's bias by the worker's own steps: its moments begin anew with the generation", async () => {
    const stage = { ...TINY, optimizer: { type: 'adam', learningRate: 0.1 } } as const;
    const pushes = await Promise.all(
      [0, 100].map(async (firstStep) => {
        const star = await openLocalStar({ stage, shares: [4], star: { localSteps: 3, firstStep } });
        for (const [micro, each] of samplesOf(0, 0, 3, 4).entries()) star.give(1, 0, micro, each);
        star.run(mulberry32(1));
        return bytes(star.pushes[0]?.data as Float32Array);
      }),
    );
    expect(pushes[1]).to.equal(pushes[0]);
  });

  it('begin each time at the weights that the server sent, not at their own', async () => {
    const star = await openLocalStar(runOf([2, 2], 2));
    for (const clock of [0, 1]) {
      for (const worker of [1, 2]) {
        const given = samplesOf(worker, clock, 2, 2);
        for (const [micro, each] of given.entries()) star.give(worker, clock, micro, each);
      }
    }
    star.run(mulberry32(5));
    const [first, second] = star.workers.map(({ worker }) => weightsOf(worker));
    // Their own last steps differ; what they pushed of the second clock is counted from the same weights.
    expect(bytes(first as Float32Array)).not.to.equal(bytes(second as Float32Array));
    const pulled = [0, 1].map((index) => {
      const push = star.pushes.filter(({ from, step }) => from === index + 1 && step === 1)[0]?.data as Float32Array;
      const own = weightsOf((star.workers[index] as (typeof star.workers)[number]).worker);
      return own.map((weight, at) => weight + (push[at] as number) / 2);
    });
    expectClose(pulled[0] as Float32Array, pulled[1] as Float32Array, 1e-6);
  });

  it('of one step are what bsp does, in double precision too', async () => {
    const shares = [3, 1, 2];
    const star = await openLocalStar(runOf(shares, 1));
    const start = Float64Array.from(weightsOf(star.server.worker));
    const given = shares.map((share, index) => samplesOf(index, 0, 1, share)[0] as Samples);
    for (const [index, each] of given.entries()) star.give(index + 1, 0, 0, each);
    star.run(mulberry32(2));
    const together: Samples = {
      data: Float32Array.from(given.flatMap(({ data }) => [...data])),
      targets: Float32Array.from(given.flatMap(({ targets }) => [...targets])),
    };
    const { weights } = localSteps(start, new Float64Array(32), [together]);
    expectClose(weightsOf(star.server.worker), weights, 1e-6);
  });
});
