// Learning rates at the corners of each schedule; steps count from 0.

import { expect } from 'chai';
import fc from 'fast-check';
import { learningRateAt } from '../../compute/learning-rate.js';

describe('learning rate', () => {
  it('is constant by default', () => {
    for (const step of [0, 1, 1000]) {
      expect(learningRateAt(step, 0.1)).to.equal(0.1);
      expect(learningRateAt(step, 0.1, { type: 'constant' })).to.equal(0.1);
    }
  });

  it('falls in steps', () => {
    const rates = [0, 9, 10, 19, 20].map((step) => learningRateAt(step, 1, { type: 'step', every: 10, factor: 0.5 }));
    expect(rates).to.deep.equal([1, 1, 0.5, 0.5, 0.25]);
  });

  it('falls along half a cosine and stays at its end', () => {
    const at = (step: number) => learningRateAt(step, 2, { type: 'cosine', steps: 100, alpha: 0.1 });
    expect(at(0)).to.equal(2);
    expect(at(50)).to.be.closeTo(2 * (0.1 + 0.9 / 2), 1e-12);
    expect(at(25)).to.be.closeTo(2 * (0.1 + 0.9 * 0.5 * (1 + Math.SQRT1_2)), 1e-12);
    expect(at(100)).to.be.closeTo(0.2, 1e-12);
    expect(at(1000)).to.be.closeTo(0.2, 1e-12);
  });

  it('ends at 0 on a cosine without alpha', () => {
    expect(learningRateAt(10, 1, { type: 'cosine', steps: 10 })).to.equal(0);
  });

  it('never rises', () => {
    const schedule = fc.constantFrom(
      { type: 'step', every: 7, factor: 0.9 } as const,
      { type: 'cosine', steps: 30, alpha: 0.2 } as const,
    );
    fc.assert(
      fc.property(schedule, fc.nat({ max: 60 }), (chosen, step) => {
        expect(learningRateAt(step + 1, 1, chosen)).to.be.at.most(learningRateAt(step, 1, chosen));
      }),
      { seed: 1 },
    );
  });
});
