// In which order a node gets what has come, and when by its board's clock.

import { expect } from 'chai';
import fc from 'fast-check';
import { Arrivals } from '../../node/arrivals.js';

interface Message {
  readonly name: string;
}

function open(isEmulated = true) {
  const got: [name: string, nowMs: number][] = [];
  const late: number[] = [];
  const time = {
    nowMs: 0,
    idleUntil: (ms: number) => {
      time.nowMs = Math.max(time.nowMs, ms);
    },
    cameLate: (ms: number) => late.push(ms),
  };
  const arrivals = new Arrivals<Message>(isEmulated ? time : undefined, ({ name }) => got.push([name, time.nowMs]));
  return { arrivals, time, got, late };
}

describe('what has come for a node', () => {
  it('is there at once at a real board', () => {
    const { arrivals, got } = open(false);
    arrivals.put({ name: 'a' });
    arrivals.put({ name: 'b', atMs: 99 });
    expect(got.map(([name]) => name)).to.deep.equal(['a', 'b']);
    expect(arrivals.awaitNext()).to.equal(false);
  });

  it('is not there yet where the emulated board is not as far, unless that has nothing else to do', () => {
    const { arrivals, time, got } = open();
    arrivals.put({ name: 'later', atMs: 7 });
    arrivals.put({ name: 'sooner', atMs: 5 });
    expect(got).to.deep.equal([]);
    expect(arrivals.awaitNext()).to.equal(true);
    expect(got).to.deep.equal([['sooner', 5]]);
    time.nowMs = 9; // it was busy
    arrivals.deliverDue();
    expect(got.at(-1)).to.deep.equal(['later', 9]);
    expect(arrivals.awaitNext()).to.equal(false);
    expect(time.nowMs).to.equal(9);
  });

  it('is told of where it comes later than it was there', () => {
    const { arrivals, late } = open();
    arrivals.put({ name: 'a', atMs: 5 });
    arrivals.awaitNext();
    for (const atMs of [5, 4, 6]) arrivals.put({ name: 'b', atMs });
    expect(late).to.deep.equal([4]);
  });

  it('comes in the order of its times, and never before', () => {
    const times = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(times, (all) => {
        const { arrivals, got } = open();
        for (const atMs of all) arrivals.put({ name: String(atMs), atMs });
        while (arrivals.awaitNext());
        const names = got.map(([name]) => Number(name));
        expect(names).to.deep.equal([...all].sort((a, b) => a - b));
        for (const [name, nowMs] of got) expect(nowMs).to.be.at.least(Number(name));
      }),
      { seed: 1 },
    );
  });
});
