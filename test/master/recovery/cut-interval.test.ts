// How often a run is cut, against values that were worked out by hand.

import { expect } from 'chai';
import fc from 'fast-check';
import { cutIntervalMs, cutRule } from '../../../master/recovery/cut-interval.js';

describe('the interval between two cuts', () => {
  // sqrt(2 x 18 x 3600) = 360 s; its ratio is sqrt(18 / 7200) = 0.05; 360 x (1 + 0.05/3 + 0.0025/9) - 18 = 348.1 s.
  it('is what Daly says of a cut of 18 s, and a failure an hour', () => {
    expect(cutIntervalMs(18_000, 3_600_000)).to.be.closeTo(348_100, 0.01);
  });

  // sqrt(2 x 0.02 x 3600) = 12 s; ratio 0.0016667; 12 x (1 + 0.00055556 + 3.1e-7) - 0.02 = 11.98667 s.
  it('is close to Young’s where a cut costs little', () => {
    expect(cutIntervalMs(20)).to.be.closeTo(11_986.67, 0.01);
  });

  it('is the time between failures where a cut costs more than that helps', () => {
    expect(cutIntervalMs(4000, 2000)).to.equal(2000);
    expect(cutIntervalMs(1e9, 2000)).to.equal(2000);
  });

  it('is ten seconds before a cut was measured, and never below five', () => {
    expect(cutIntervalMs(null)).to.equal(10_000);
    expect(cutIntervalMs(0)).to.equal(5000);
  });

  it('grows with the cost of a cut, and never reaches what both cost together', () => {
    const failureMs = fc.double({ min: 60_000, max: 1e9, noNaN: true });
    const share = fc.double({ min: 0, max: 2.5, noNaN: true });
    fc.assert(
      fc.property(failureMs, share, share, (mean, one, other) => {
        const [less, more] = [Math.min(one, other) * mean, Math.max(one, other) * mean];
        expect(cutIntervalMs(less, mean)).to.be.at.most(cutIntervalMs(more, mean));
        expect(cutIntervalMs(more, mean)).to.be.within(5000, mean + more);
      }),
    );
  });

  it('grows with the time between failures', () => {
    const amount = fc.double({ min: 60_000, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 10_000, noNaN: true }), amount, amount, (cost, one, other) => {
        expect(cutIntervalMs(cost, Math.min(one, other))).to.be.at.most(cutIntervalMs(cost, Math.max(one, other)));
      }),
    );
  });

  it('is as the run file has it', () => {
    expect(cutRule({ everySteps: 7 }).everySteps).to.equal(7);
    const bySeconds = cutRule({ everySeconds: 0.5 });
    expect(bySeconds.everySteps).to.equal(null);
    expect([null, 0, 1e6].map((cost) => bySeconds.everyMs(cost))).to.deep.equal([500, 500, 500]);
    expect(cutRule({}).everySteps).to.equal(null);
    expect(cutRule({}).everyMs(null)).to.equal(10_000);
  });
});
