// Time booked by phase, in memory that another thread reads.

import { expect } from 'chai';
import { Activity } from '../../node/activity.js';

describe('Activity', () => {
  /** Busy for so long as the clock needs to show it. */
  const work = () => {
    const startMs = performance.now();
    while (performance.now() - startMs < 1);
    return 'done';
  };

  it('books each phase on its own, and sums them up', () => {
    const activity = new Activity();
    expect(activity.busySeconds).to.equal(0);
    expect(activity.during('forward', work)).to.equal('done');
    expect(activity.seconds.forward).to.be.at.least(0.001);
    expect(activity.seconds).to.include({ backward: 0, update: 0 });
    activity.during('backward', work);
    activity.during('update', work);
    const { forward, backward, update } = activity.seconds;
    expect(backward).to.be.at.least(0.001);
    expect(update).to.be.at.least(0.001);
    expect(activity.busySeconds).to.equal(forward + backward + update);
  });

  it('shows the phase under way to whoever shares the memory', () => {
    const activity = new Activity();
    const observer = new Activity(activity.memory);
    expect(observer.phase).to.equal('idle');
    for (const phase of ['forward', 'backward', 'update'] as const) {
      activity.during(phase, () => expect(observer.phase).to.equal(phase));
      expect(observer.phase).to.equal('idle');
    }
    expect(observer.seconds).to.deep.equal(activity.seconds);
  });

  it('is idle again, and has booked the time, when the work fails', () => {
    const activity = new Activity();
    const fail = () => {
      work();
      throw new RangeError('no');
    };
    expect(() => activity.during('update', fail)).to.throw(RangeError, 'no');
    expect(activity.phase).to.equal('idle');
    expect(activity.seconds.update).to.be.at.least(0.001);
  });
});

describe('what an emulated board keeps', () => {
  it('is read by whoever shares the memory: how far the computer was behind, how stale gradients were', () => {
    const activity = new Activity();
    const observer = new Activity(activity.memory);
    expect([observer.lagMs, observer.inVainMs]).to.deep.equal([0, 0]);
    expect(observer.staleness).to.equal(null);
    for (const lagMs of [0.5, 2, -0.1, 1]) activity.wasBehind(lagMs);
    for (const ms of [3, 4]) activity.idledInVain(ms);
    expect([observer.lagMs, observer.inVainMs]).to.deep.equal([2, 7]);
    for (const staleness of [0, 1, 1, 0]) activity.tookGradient(staleness);
    expect(observer.staleness).to.deep.equal({ mean: 0.5, max: 1, gradients: 4 });
  });
});
