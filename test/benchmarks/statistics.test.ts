import { expect } from 'chai';
import { median, ratioOf, spreadOf } from '../../benchmarks/statistics.js';

describe('statistics', () => {
  it('takes the middle of an odd number, and the mean of the two in the middle of an even one', () => {
    expect(median([9, 1, 4])).to.equal(4);
    expect(median([9, 1, 4, 6])).to.equal(5);
    expect(median([])).to.be.NaN;
  });

  it('leaves what it is given as it was', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).to.deep.equal([3, 1, 2]);
  });

  it('gives the ratio of medians, and how far those of single rounds lie apart', () => {
    // Rounds: 2/1, 6/4, 4/2; medians 4 and 2.
    expect(ratioOf([2, 6, 4], [1, 4, 2])).to.deep.equal({ value: 2, min: 1.5, max: 2 });
  });

  it('compares no rounds that do not belong together', () => {
    expect(ratioOf([], [])).to.equal(null);
    expect(ratioOf([1, 2], [1])).to.equal(null);
  });

  it('spreads ratios that are known already', () => {
    expect(spreadOf([1.1, 1, 1.3])).to.deep.equal({ value: 1.1, min: 1, max: 1.3 });
    expect(spreadOf([])).to.equal(null);
  });
});
