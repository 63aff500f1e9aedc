// What the broker learns from a run's status, and for how long it believes it, on a clock of its own.

import { expect } from 'chai';
import { Plans } from '../../broker/plans.js';
import { runStatus } from './support.js';

describe('plans', () => {
  let now: number;
  let plans: Plans;

  beforeEach(() => {
    now = 0;
    plans = new Plans({ now: () => now, graceMs: 30_000 });
  });

  it('places boards and derives their topics from the ring', () => {
    plans.observe('r', runStatus(['a', 'b']));
    expect(plans.mayWrite('r', 'a', 2, 'forward')).to.equal(true);
    expect(plans.mayWrite('r', 'a', 0, 'backward')).to.equal(true);
    expect(plans.mayWrite('r', 'b', 0, 'forward')).to.equal(true);
    expect(plans.mayWrite('r', 'b', 1, 'backward')).to.equal(true);
    expect(plans.mayWrite('r', 'a', 1, 'forward')).to.equal(false);
    expect(plans.mayWrite('r', 'c', 2, 'forward')).to.equal(false);
    expect(plans.mayRead('r', 'a', 1)).to.equal(true);
    expect(plans.mayRead('r', 'a', 2)).to.equal(false);
    expect(plans.placementsOf('b')).to.deep.equal([{ run: 'r', position: 2 }]);
    expect(plans.takesPart('r', 'c')).to.equal(false);
  });

  it('keeps the previous generation for the grace time, and no longer', () => {
    plans.observe('r', runStatus(['a', 'b'], 1));
    plans.observe('r', runStatus(['a', 'c'], 2));
    now = 29_999;
    expect(plans.mayWrite('r', 'b', 0, 'forward')).to.equal(true);
    expect(plans.mayWrite('r', 'c', 0, 'forward')).to.equal(true);
    now = 30_000;
    expect(plans.mayWrite('r', 'b', 0, 'forward')).to.equal(false);
    expect(plans.mayWrite('r', 'c', 0, 'forward')).to.equal(true);
  });

  it('keeps one previous generation only', () => {
    plans.observe('r', runStatus(['a'], 1));
    plans.observe('r', runStatus(['b'], 2));
    plans.observe('r', runStatus(['c'], 3));
    expect(plans.takesPart('r', 'a')).to.equal(false);
    expect(plans.takesPart('r', 'b')).to.equal(true);
  });

  it('repeats of a status do not lengthen the grace time', () => {
    plans.observe('r', runStatus(['a'], 1));
    plans.observe('r', runStatus(['b'], 2));
    now = 20_000;
    plans.observe('r', runStatus(['b'], 2));
    now = 30_000;
    expect(plans.takesPart('r', 'a')).to.equal(false);
  });

  it('knows which run is on', () => {
    expect(plans.current).to.equal(null);
    plans.observe('r', runStatus(['a'], 1));
    plans.observe('r', runStatus(['b'], 2));
    expect(plans.current).to.equal('r');
    plans.observe('r', runStatus(['b'], 2, 'finished'));
    expect(plans.current).to.equal(null);
  });

  for (const state of ['finished', 'failed', 'stopped']) {
    it(`forgets a run that is ${state} after the grace time`, () => {
      plans.observe('r', runStatus(['a']));
      plans.observe('r', runStatus(['a'], 1, state));
      now = 20_000;
      plans.observe('r', runStatus(['a'], 1, state));
      expect(plans.knows('r')).to.equal(true);
      now = 30_000;
      expect(plans.knows('r')).to.equal(false);
      expect(plans.mayWrite('r', 'a', 0, 'forward')).to.equal(false);
    });
  }

  it('takes a finished run up again when it is resumed', () => {
    plans.observe('r', runStatus(['a'], 1, 'stopped'));
    plans.observe('r', runStatus(['a'], 1));
    now = 60_000;
    expect(plans.knows('r')).to.equal(true);
  });

  it('a cleared status ends the run', () => {
    plans.observe('r', runStatus(['a']));
    plans.observe('r', '');
    now = 30_000;
    expect(plans.knows('r')).to.equal(false);
  });

  it('a status without a plan changes the state only', () => {
    plans.observe('r', runStatus(['a']));
    plans.observe('r', JSON.stringify({ state: 'paused', generation: 1 }));
    expect(plans.takesPart('r', 'a')).to.equal(true);
  });

  for (const nonsense of [
    '{',
    'null',
    '[]',
    '{"state":1}',
    '{"state":"asleep","generation":1,"plan":[]}',
    '{"state":"running","generation":1,"plan":[{"position":-1}]}',
  ]) {
    it(`ignores ${nonsense}`, () => {
      plans.observe('r', runStatus(['a']));
      plans.observe('r', Buffer.from(nonsense));
      expect(plans.takesPart('r', 'a')).to.equal(true);
    });
  }
});
