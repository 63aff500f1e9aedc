// The cost of a link from the frames that cross it, whatever the clocks at its two ends show.

import { expect } from 'chai';
import fc from 'fast-check';
import { LinkClock } from '../../transport/link-clock.js';

const aLink = fc.record({
  /** Of the right clock against the left one. */
  offsetMs: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  thereMs: fc.double({ min: 0, max: 1000, noNaN: true }),
  backMs: fc.double({ min: 0, max: 1000, noNaN: true }),
  /** By which each frame is later than the link alone would make it; now and then a frame meets no queue. */
  queuesMs: fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1, maxLength: 15 }),
});

describe('link clock', () => {
  it('finds the mean of the two ways, whatever the clocks show and the queues add', () => {
    fc.assert(
      fc.property(aLink, ({ offsetMs, thereMs, backMs, queuesMs }) => {
        const [left, right] = [new LinkClock(), new LinkClock()];
        let now = 0;
        for (const queueMs of [...queuesMs, 0, 0]) {
          now += 1000;
          right.take(now + thereMs + queueMs + offsetMs, now, left.lagMs ?? undefined);
          left.take(now + backMs + queueMs, now + offsetMs, right.lagMs ?? undefined);
        }
        expect(left.costMs).to.be.closeTo((thereMs + backMs) / 2, 1e-6);
        right.take(now + thereMs + offsetMs, now, left.lagMs ?? undefined);
        expect(right.costMs).to.be.closeTo((thereMs + backMs) / 2, 1e-6);
      }),
      { seed: 1 },
    );
  });

  it('knows nothing before frames went both ways', () => {
    const clock = new LinkClock();
    expect([clock.lagMs, clock.costMs]).to.deep.equal([null, null]);
    clock.take(5, 3, undefined);
    expect([clock.lagMs, clock.costMs]).to.deep.equal([2, null]);
    clock.take(9, 3, -1);
    expect([clock.lagMs, clock.costMs]).to.deep.equal([2, 0.5]);
  });

  it('forgets what the link was like long ago', () => {
    const clock = new LinkClock();
    clock.take(1, 0, 0);
    for (let frame = 0; frame < 16; frame++) clock.take(7, 0, 0);
    expect(clock.lagMs).to.equal(7);
  });

  it('is never below zero, however unequal the ticks', () => {
    const clock = new LinkClock();
    clock.take(1, 2, 0.5);
    expect(clock.costMs).to.equal(0);
  });
});
