// A worker of a star that need not wait for its next parameters: it goes on with those that it has, by one clock, and
// never with a mixture.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Incoming, Outgoing } from '../../../node/node-messages.js';
import { mulberry32 } from '../../support/finite-differences.js';
import { openLocalStar } from '../../support/local-star.js';
import { bytes, samplesFrom } from '../../support/star-samples.js';
import { type StarRun, TINY } from '../../support/star-stages.js';
import { gradientsIn, openWorker, pushedVector } from '../../support/star-worker.js';

describe('a worker of a star that need not wait for its next parameters', () => {
  const asp: Partial<StarRun> = { star: { consistency: 'asp' } };
  const openAhead = async (changes: Partial<StarRun> = asp) => {
    const opened = await openWorker(changes);
    const { node, parameters, activation, labels, settle } = opened;
    const give = (...messages: Incoming[]) => {
      for (const message of messages) node.deliver(message);
      settle();
    };
    /** Of all pieces of a clock, each weight times `factor`. */
    const ofClock = (step: number, factor: number, until: number) =>
      parameters.map((each): Incoming => {
        const { micro, data } = each as Extract<Incoming, { kind: 'parameters' }>;
        return { kind: 'parameters', step, micro, data: data.map((weight) => factor * weight), until };
      });
    return { ...opened, give, ofClock, data: [labels, activation] };
  };
  const clocksIn = (told: readonly Outgoing[]) =>
    gradientsIn(told).flatMap(({ step, basis, loss }) => (loss === undefined ? [] : [[step, basis]]));

  it('goes on with those that it has, by one clock, and tells so', async () => {
    const { told, give, ofClock, data } = await openAhead();
    give(...ofClock(0, 1, 2), ...data, ...data, ...data);
    expect(clocksIn(told)).to.deep.equal([
      [0, undefined],
      [1, 0],
    ]);
    give(...ofClock(1, 1, 3));
    expect(clocksIn(told).slice(2)).to.deep.equal([[2, 1]]);
  });

  it('goes no further than these allow, though it has the data', async () => {
    const { told, give, ofClock, data } = await openAhead();
    give(...ofClock(0, 1, 1), ...data, ...data);
    expect(clocksIn(told)).to.deep.equal([[0, undefined]]);
    give(...ofClock(1, 1, 2), ...data);
    expect(clocksIn(told).slice(1)).to.deep.equal([[1, undefined]]);
  });

  it('computes with none of the next ones until it has them all', async () => {
    const { told, give, ofClock, data, weights } = await openAhead();
    const [first, ...rest] = ofClock(1, 2, 3) as [Incoming, ...Incoming[]];
    give(...ofClock(0, 1, 2), ...data);
    give(first, ...data);
    give(...rest, ...data);
    expect(clocksIn(told)).to.deep.equal([
      [0, undefined],
      [1, 0],
      [2, 1],
    ]);
    const clocks = [0, 1, 2].map((clock) => {
      return bytes(pushedVector(gradientsIn(told).slice(2 * clock, 2 * clock + 2), weights.length));
    });
    expect(clocks[1] === clocks[0], 'at the same weights').to.equal(true);
    expect(clocks[2] === clocks[1]).to.equal(false);
  });

  it('takes the next ones, once they are whole, before it goes on', async () => {
    const { told, give, ofClock, data } = await openAhead();
    give(...ofClock(0, 1, 2), ...data);
    give(...ofClock(1, 1, 3));
    give(...data);
    expect(clocksIn(told)[1]).to.deep.equal([1, undefined]);
  });

  it('computes every clock in an order by chance, at parameters of it or of the clock before', async () => {
    const CLOCKS = 6;
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom('asp', 'ssp'), fc.nat({ max: 3 }), async (seed, ...bound) => {
        const [consistency, staleness] = bound;
        const shares = [2, 3, 1];
        const star = await openLocalStar({ stage: TINY, shares, star: { consistency, staleness } });
        for (let clock = 0; clock < CLOCKS; clock++) {
          for (const [index, share] of shares.entries()) star.give(index + 1, clock, 0, samplesFrom(clock, share, 3));
        }
        star.run(mulberry32(seed));
        const mayBeAhead = consistency === 'asp' || staleness > 0;
        for (const index of shares.keys()) {
          const own = star.pushes.filter(({ from }) => from === index + 1);
          expect(own.map(({ step }) => step)).to.deep.equal([...Array(CLOCKS).keys()]);
          for (const { step, basis = step } of own) expect(step - basis).to.be.within(0, mayBeAhead ? 1 : 0);
        }
      }),
      { numRuns: 30, seed: 2 },
    );
  });
});
