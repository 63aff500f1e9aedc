import { expect } from 'chai';
import fc from 'fast-check';
import { LoopHealth } from '../../cli/loop-health.js';

const everyMs = 1_000;
const toleranceMs = 500;

describe('the health of the main loop', () => {
  function healthAfter(delaysMs: readonly number[]): boolean[] {
    let nowMs = 0;
    const health = new LoopHealth({ everyMs, toleranceMs, now: () => nowMs });
    return delaysMs.map((delayMs) => {
      nowMs += everyMs + delayMs;
      return health.tick();
    });
  }

  it('is good while ticks come in time, and as soon as they do again', () => {
    expect(healthAfter([0, 500, 501, 30_000, 0])).to.deep.equal([true, true, false, false, true]);
  });

  it('depends on how late a tick itself is, not on those before', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { minLength: 1 }), (delaysMs) => {
        expect(healthAfter(delaysMs)).to.deep.equal(delaysMs.map((delayMs) => delayMs <= toleranceMs));
      }),
    );
  });
});
