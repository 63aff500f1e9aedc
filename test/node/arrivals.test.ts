// In which order a node gets what has come, and when by its board's clock.

import { expect } from 'chai';
import fc from 'fast-check';
import { Arrivals, type Timed } from '../../node/arrivals.js';

interface Message {
  readonly name: string;
}

function open(isEmulated = true) {
  const got: [name: string, nowMs: number][] = [];
  const late: number[] = [];
  const awaited: number[] = [];
  const overdue: number[] = [];
  /** What has really come, and is not looked at yet. */
  const mail: Timed<Message>[] = [];
  const time = {
    nowMs: 0,
    realMs: 0,
    idleUntil: (ms: number) => {
      time.nowMs = Math.max(time.nowMs, ms);
    },
    await: (ms: number) => {
      awaited.push(ms);
      time.realMs = Math.max(time.realMs, ms);
    },
    cameAt: (ms: number, isOverdue: boolean) => {
      if (ms < time.nowMs) late.push(ms);
      if (isOverdue) overdue.push(ms);
    },
  };
  const arrivals = new Arrivals<Message>({
    time: isEmulated ? time : undefined,
    receive: () => mail.shift(),
    deliver: ({ name }) => got.push([name, time.nowMs]),
  });
  return { arrivals, time, got, late, overdue, awaited, mail };
}

describe('what has come for a node', () => {
  it('is there at once at a real board', () => {
    const { arrivals, got, mail } = open(false);
    arrivals.put({ name: 'a' });
    mail.push({ name: 'b', atMs: 99 });
    arrivals.takeIn();
    expect(got.map(([name]) => name)).to.deep.equal(['a', 'b']);
    expect(arrivals.awaitNext()).to.equal(false);
  });

  it('is not there yet where the emulated board is not as far, unless that has nothing else to do', () => {
    const { arrivals, time, got } = open();
    arrivals.put({ name: 'later', atMs: 7 });
    arrivals.put({ name: 'sooner', atMs: 5 });
    arrivals.takeIn();
    expect(got).to.deep.equal([]);
    expect(arrivals.awaitNext()).to.equal(true);
    arrivals.takeIn();
    expect(got).to.deep.equal([['sooner', 5]]);
    time.nowMs = 9; // it was busy
    arrivals.takeIn();
    expect(got.at(-1)).to.deep.equal(['later', 9]);
    expect(arrivals.awaitNext()).to.equal(false);
    expect(time.nowMs).to.equal(9);
  });

  it('is waited for until it would be there, and what comes meanwhile may go before it', () => {
    const { arrivals, time, got, mail } = open();
    arrivals.put({ name: 'first told', atMs: 7 });
    mail.push({ name: 'first there', atMs: 6 });
    arrivals.awaitNext();
    arrivals.takeIn();
    expect(time.realMs).to.equal(7);
    expect(got).to.deep.equal([['first there', 6]]);
  });

  it('is told of when it was there', () => {
    const { arrivals, late, mail } = open();
    arrivals.put({ name: 'a', atMs: 5 });
    arrivals.awaitNext();
    for (const atMs of [5, 4, 6]) mail.push({ name: 'b', atMs });
    arrivals.takeIn();
    expect(late).to.deep.equal([4]);
  });

  it('wakes a board that had nothing to do, which is no lag, and one that is still busy later', () => {
    const { arrivals, awaited, time, got } = open();
    arrivals.wake({ name: 'woke', atMs: 30 });
    arrivals.takeIn();
    expect(awaited).to.deep.equal([30, 30]);
    time.nowMs = 50;
    arrivals.wake({ name: 'while busy', atMs: 40 });
    arrivals.takeIn();
    expect(awaited.slice(2)).to.deep.equal([50, 50]);
    expect(got).to.deep.equal([
      ['woke', 30],
      ['while busy', 50],
    ]);
  });

  it('is overdue where the board has chosen without it, and not where it was busy or had nothing to do', () => {
    const { arrivals, overdue, time } = open();
    arrivals.wake({ name: 'a', atMs: 10 });
    arrivals.takeIn(); // chooses at 10 to do something until 20
    time.nowMs = 20;
    arrivals.put({ name: 'while it does', atMs: 15 });
    arrivals.put({ name: 'before it chose', atMs: 9 });
    expect(overdue).to.deep.equal([9]);
    arrivals.takeIn();
    arrivals.awaitNext(); // nothing to do
    arrivals.wake({ name: 'while it idles', atMs: 19 });
    expect(overdue).to.deep.equal([9]);
  });

  it('comes in the order of its times, and never before', () => {
    const times = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(times, (all) => {
        const { arrivals, got, mail } = open();
        mail.push(...all.map((atMs) => ({ name: String(atMs), atMs })));
        do arrivals.takeIn();
        while (arrivals.awaitNext());
        expect(got.map(([name]) => Number(name))).to.deep.equal([...all].sort((a, b) => a - b));
        for (const [name, nowMs] of got) expect(nowMs).to.be.at.least(Number(name));
      }),
      { seed: 1 },
    );
  });
});
