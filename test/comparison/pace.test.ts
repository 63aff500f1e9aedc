import { expect } from 'chai';
import fc from 'fast-check';
import { medianStep } from '../../comparison/pace.js';

describe('what a step takes', () => {
  it('is unknown of a single one', () => {
    expect(medianStep([])).to.equal(null);
    expect(medianStep([3])).to.equal(null);
  });

  it('is what two are apart, if there are no more', () => {
    expect(medianStep([3, 5])).to.equal(2);
  });

  it('does not count what is rare', () => {
    const times = Array.from({ length: 100 }, (_, step) => 10 * step + (step >= 40 ? 500 : 0));
    expect(medianStep(times)).to.equal(10);
  });

  it('is the mean of steps that are long and short by turns', () => {
    const times = Array.from({ length: 101 }, (_, step) => 10 * step + (step % 2 === 0 ? 0 : 4));
    expect(medianStep(times)).to.equal(10);
  });

  it('is right where several steps are done at one moment', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 10, max: 20 }), (together, clocks) => {
        const times = Array.from(
          { length: clocks * together },
          (_, step) => Math.floor(step / together) * together * 7,
        );
        expect(medianStep(times, together)).to.be.closeTo(7, 1e-9);
      }),
    );
  });
});
