// Whatever order pushes come in, the bound holds, and somebody may always go on.

import { expect } from 'chai';
import fc from 'fast-check';
import { type Consistency, clocksAhead, clocksBeyond, mayProceed } from '../../node/consistency.js';

const someClocks = fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 12 });
const aStaleness = fc.nat({ max: 5 });
const aConsistency = fc.constantFrom<Consistency>('bsp', 'ssp', 'asp');

describe('mayProceed', () => {
  it('waits for all under bsp, for the slowest within the bound under ssp, for nobody under asp', () => {
    const clocks = [3, 4, 5];
    const who = (consistency: Consistency, staleness = 0) =>
      clocks.map((clock) => mayProceed(clock, clocks, consistency, staleness));
    expect(who('bsp')).to.deep.equal([true, false, false]);
    expect(who('ssp', 1)).to.deep.equal([true, true, false]);
    expect(who('ssp', 2)).to.deep.equal([true, true, true]);
    expect(who('asp')).to.deep.equal([true, true, true]);
  });

  it('never takes bsp for more than ssp without staleness', () => {
    fc.assert(
      fc.property(someClocks, aStaleness, (clocks, staleness) => {
        for (const clock of clocks) {
          expect(mayProceed(clock, clocks, 'bsp', staleness)).to.equal(mayProceed(clock, clocks, 'ssp', 0));
        }
      }),
      { seed: 1 },
    );
  });

  it('always lets the slowest go on', () => {
    fc.assert(
      fc.property(someClocks, aStaleness, aConsistency, (clocks, staleness, consistency) => {
        expect(mayProceed(Math.min(...clocks), clocks, consistency, staleness)).to.equal(true);
      }),
      { seed: 2 },
    );
  });

  it('keeps workers within the bound and one push, in whatever order they push', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4 }), { maxLength: 200 }), aStaleness, (turns, staleness) => {
        const clocks = [0, 0, 0, 0, 0];
        for (const worker of turns) {
          const clock = clocks[worker] as number;
          if (mayProceed(clock, clocks, 'ssp', staleness)) clocks[worker] = clock + 1;
          expect(Math.max(...clocks) - Math.min(...clocks)).to.be.at.most(staleness + 1);
        }
      }),
      { seed: 3 },
    );
  });

  it('lets the slowest go on beyond its parameters as well, where anybody may', () => {
    fc.assert(
      fc.property(someClocks, aStaleness, aConsistency, (clocks, staleness, consistency) => {
        const beyond = clocksBeyond({ consistency, staleness, localSteps: 1 });
        expect(mayProceed(Math.min(...clocks) + beyond, clocks, consistency, staleness)).to.equal(true);
      }),
      { seed: 4 },
    );
  });

  it('has one more clock of data on its way where a worker goes on beyond its parameters', () => {
    const aheadOf = (consistency: Consistency, staleness: number, localSteps = 1) =>
      clocksAhead({ consistency, staleness, localSteps });
    expect([aheadOf('bsp', 5), aheadOf('ssp', 0), aheadOf('ssp', 1), aheadOf('asp', 0)]).to.deep.equal([2, 2, 3, 3]);
    expect([aheadOf('ssp', 2, 4), aheadOf('asp', 0, 4)]).to.deep.equal([2, 2]);
  });

  it('lets those who are left go on once the slowest is no longer counted', () => {
    expect(mayProceed(5, [1, 5, 5], 'ssp', 2)).to.equal(false);
    expect(mayProceed(5, [5, 5], 'ssp', 2)).to.equal(true);
  });
});
