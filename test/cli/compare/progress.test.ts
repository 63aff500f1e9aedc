import { expect } from 'chai';
import { Pace } from '../../../cli/compare/progress.js';

describe('the pace of a comparison', () => {
  let nowMs = 0;
  beforeEach(() => {
    nowMs = 0;
  });
  const paceOf = (sizes: readonly number[]) => new Pace(sizes, () => nowMs);

  it('is unknown before anything took its time', () => {
    const pace = paceOf([1, 2]);
    expect(pace.secondsLeft).to.equal(null);
    pace.end(true); // it was there already
    expect(pace.secondsLeft).to.equal(null);
    expect(pace.done).to.equal(1);
  });

  it('expects more of what is larger', () => {
    const pace = paceOf([1, 2, 8]);
    nowMs = 10_000;
    pace.end(false);
    expect(pace.secondsLeft).to.equal(100);
  });

  it('counts the share of what is under way', () => {
    const pace = paceOf([2, 2]);
    nowMs = 5_000;
    pace.within(0.5);
    expect(pace.done).to.equal(0.5);
    expect(pace.secondsLeft).to.equal(15);
  });

  it('leaves out what took no time', () => {
    const pace = paceOf([4, 1, 1]);
    pace.end(true);
    nowMs = 3_000;
    pace.end(false);
    expect(pace.secondsLeft).to.equal(3);
  });
});
