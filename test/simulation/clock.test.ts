import { expect } from 'chai';
import fc from 'fast-check';
import { SimulatedClock } from '../../simulation/clock.js';

describe('SimulatedClock', () => {
  it('lets things happen in their order, and equals in the order in which they were planned', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 100 }), (times) => {
        const clock = new SimulatedClock();
        const happened: { atMs: number; index: number }[] = [];
        for (const [index, atMs] of times.entries()) clock.at(atMs, () => happened.push({ atMs: clock.nowMs, index }));
        clock.run();
        const expected = times
          .map((atMs, index) => ({ atMs, index }))
          .sort((a, b) => a.atMs - b.atMs || a.index - b.index);
        expect(happened).to.deep.equal(expected);
      }),
      { seed: 1 },
    );
  });

  it('lets decide only when all else of a moment has happened, what follows from it too', () => {
    const clock = new SimulatedClock();
    const happened: string[] = [];
    clock.at(1, () => {
      clock.atLast(() => happened.push('decided'));
      clock.at(1, () => {
        happened.push('sent');
        clock.at(1, () => happened.push('arrived'));
      });
    });
    clock.at(2, () => happened.push('later'));
    clock.run();
    expect(happened).to.deep.equal(['sent', 'arrived', 'decided', 'later']);
  });
});
