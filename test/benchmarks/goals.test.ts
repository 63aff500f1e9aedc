import { expect } from 'chai';
import { GOALS, goalOf, goalText, isMet } from '../../benchmarks/goals.js';
import { GROUPS } from '../../cli/commands/bench.js';

describe('goals', () => {
  it('are met from the bar on', () => {
    const goal = { id: 'x', what: '', atLeast: 0.7 };
    expect([0.69, 0.7, 0.8].map((ratio) => isMet(goal, ratio))).to.deep.equal([false, true, true]);
  });

  it('or up to it', () => {
    const goal = { id: 'x', what: '', atMost: 1.05 };
    expect([1, 1.05, 1.06].map((ratio) => isMet(goal, ratio))).to.deep.equal([true, true, false]);
  });

  it('are never met by what is no number', () => {
    for (const goal of GOALS) expect(isMet(goal, Number.NaN), goal.id).to.equal(false);
  });

  it('have a bar each or two, a group that measures them, and an id of their own', () => {
    for (const goal of GOALS) {
      const bars = [goal.atLeast, goal.atMost].filter((bar) => bar !== undefined);
      expect(bars.length, goal.id).to.be.at.least(1);
      expect(GROUPS, goal.id).to.include(goal.id.split('/')[0]);
      expect(goalOf(goal.id)).to.equal(goal);
    }
    expect(goalOf('kernels/nothing')).to.equal(null);
  });

  it('can be read', () => {
    expect(goalText({ id: 'x', what: '', atLeast: 1.5 })).to.equal('≥ 1.5');
    expect(goalText({ id: 'x', what: '', atMost: 0.005 })).to.equal('≤ 0.005');
    expect(goalText({ id: 'x', what: '', atLeast: 0.9, atMost: 1.1 })).to.equal('0.9–1.1');
  });
});
