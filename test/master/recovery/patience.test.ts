// When a run has come together often enough for nothing, and how long it waits in between.

import { expect } from 'chai';
import { Patience, waitMs } from '../../../master/recovery/patience.js';

describe('the patience of a run', () => {
  it('ends with the fifth fault in which nothing was completed', () => {
    const patience = new Patience();
    const over = [10, 10, 9, 10, 10].map((step) => {
      patience.onLost(step, true);
      return patience.isOver;
    });
    expect(over).to.deep.equal([false, false, false, false, false]); // the first had completed ten
    patience.onLost(10, true);
    expect(patience.isOver).to.equal(true);
  });

  it('does not end with boards that come and go', () => {
    const patience = new Patience();
    for (let count = 0; count < 100; count++) patience.onLost(0, false);
    for (let count = 0; count < 4; count++) patience.onLost(0, true);
    expect(patience.isOver).to.equal(false);
  });

  it('begins anew with each step that is new', () => {
    const patience = new Patience();
    for (const step of [0, 0, 0, 0, 1, 1, 1, 1, 1]) patience.onLost(step, true);
    expect(patience.isOver).to.equal(false);
  });

  it('waits twice as long each time, at most ten seconds, and not at all where something was completed', () => {
    const patience = new Patience();
    const waits = [5, 5, 5, 5, 6, 6].map((step) => {
      patience.onLost(step, false);
      return patience.waitMs;
    });
    expect(waits).to.deep.equal([0, 300, 600, 1200, 0, 300]);
    expect([1, 6, 7, 2000].map(waitMs)).to.deep.equal([300, 9600, 10_000, 10_000]);
  });
});
