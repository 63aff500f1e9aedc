// Boards that wait instead of computing, on a clock that the test turns.

import { expect } from 'chai';
import fc from 'fast-check';
import { BOARD_PROFILES } from '../../hardware/board-profiles.js';
import { Activity, type BusyPhase } from '../../node/activity.js';
import { dilationOf, EmulatedBoard, type Emulation, linkOf, profileOf, type Waiting } from '../../node/emulation.js';

const PI_4 = BOARD_PROFILES.get('pi-4')!;
const FIXED: Emulation = { forwardMs: 4, backwardMs: 8, linkMs: 2 };
/** A millisecond of this board, whatever it is. */
const MS = { flops: PI_4.gflops * 1e6, bytes: 0 };

/** A clock whose waits end late, as timers do. */
function turnedClock(oversleptMs = 0): Waiting & { nowMs(): number; pass(ms: number): void } {
  let nowMs = 100;
  return {
    nowMs: () => nowMs,
    until: (endMs) => {
      if (endMs > nowMs) nowMs = endMs + oversleptMs;
    },
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

function open(emulation: Emulation, oversleptMs = 0, sendsAhead = false) {
  const activity = new Activity();
  const clock = turnedClock(oversleptMs);
  const ledger = new EmulatedBoard(activity, emulation, sendsAhead, clock);
  /** Milliseconds that an action takes whose work really takes `workMs`. */
  const take = (phase: BusyPhase, cost: { flops: number; bytes: number }, workMs = 0) => {
    const startMs = clock.nowMs();
    ledger.during(phase, () => clock.pass(workMs), cost);
    return clock.nowMs() - startMs;
  };
  return { activity, clock, ledger, take };
}

describe('an emulated board', () => {
  it('takes as long as the cost on its profile, times the dilation', () => {
    const { take } = open({ profile: PI_4, dilation: 3 });
    expect(take('forward', MS)).to.be.closeTo(3, 1e-9);
    expect(take('update', { flops: 0, bytes: PI_4.memoryGBps * 1e6 })).to.be.closeTo(3, 1e-9);
    expect(take('serialise', { flops: 0, bytes: 0 })).to.equal(0);
  });

  it('hands on what the work returns, and what it throws', () => {
    const { ledger } = open({ profile: PI_4, dilation: 1 });
    expect(ledger.during('forward', () => 'done', MS)).to.equal('done');
    const fail = () => {
      throw new RangeError('no');
    };
    expect(() => ledger.during('forward', fail, MS)).to.throw(RangeError, 'no');
  });

  it('has its own time, which the computer may be behind', () => {
    const { activity, clock, ledger, take } = open({ profile: PI_4, dilation: 1 });
    expect(take('backward', MS, 5)).to.be.closeTo(5, 1e-9);
    expect(ledger.nowMs).to.be.closeTo(101, 1e-9);
    expect(activity.seconds.backward).to.be.closeTo(0.001, 1e-9);
    expect(activity.lagMs).to.be.closeTo(4, 1e-9);
    take('forward', { flops: 10 * MS.flops, bytes: 0 });
    expect([ledger.nowMs, clock.nowMs()]).to.deep.equal([111, 111]); // it has caught up
  });

  it('never adds up how late timers ring', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 9, noNaN: true }), { minLength: 1 }), (durationsMs) => {
        const { clock, ledger, take } = open({ profile: PI_4, dilation: 1 }, 0.2);
        for (const ms of durationsMs) take('forward', { flops: ms * MS.flops, bytes: 0 });
        const dueMs = durationsMs.reduce((sum, ms) => sum + ms, 0);
        expect(ledger.nowMs - 100).to.be.closeTo(dueMs, 1e-6);
        expect(clock.nowMs() - ledger.nowMs).to.be.at.most(0.2 + 1e-6);
      }),
      { seed: 1 },
    );
  });

  it('may let what an action makes leave before its time, and waits before it decides what to do next', () => {
    const { clock, ledger, take } = open({ profile: PI_4, dilation: 1 }, 0, true);
    expect(take('forward', { flops: 5 * MS.flops, bytes: 0 }, 1)).to.be.closeTo(1, 1e-9);
    expect(ledger.nowMs).to.be.closeTo(105, 1e-9);
    ledger.await(ledger.nowMs);
    expect(clock.nowMs()).to.be.closeTo(105, 1e-9);
  });

  it('idles in vain where something was there that this computer had not brought', () => {
    const { activity, ledger } = open({ profile: PI_4, dilation: 1 });
    ledger.idleUntil(110);
    for (const atMs of [107, 112, 108]) ledger.cameAt(atMs, false); // the time from 107 on counts once
    expect(activity.inVainMs).to.be.closeTo(3, 1e-9);
    ledger.cameAt(90, false);
    expect(activity.inVainMs).to.be.closeTo(10, 1e-9); // all that it idled, from 100 on
  });

  it('waits for what it has not got', () => {
    const { ledger, take } = open({ profile: PI_4, dilation: 1 });
    take('forward', MS);
    ledger.idleUntil(100.5); // it was busy then
    expect(ledger.nowMs).to.be.closeTo(101, 1e-9);
    ledger.idleUntil(103);
    expect(take('forward', MS)).to.be.closeTo(3, 1e-9);
  });

  it('may also take fixed times, whatever the cost', () => {
    const { take } = open(FIXED);
    expect([take('forward', MS), take('backward', MS), take('update', MS)]).to.deep.equal([4, 8, 0]);
  });

  it('has a profile, a dilation and a link, where it is emulated by profile', () => {
    const emulation = { profile: PI_4, dilation: 2 };
    expect([profileOf(emulation), dilationOf(emulation)]).to.deep.equal([PI_4, 2]);
    expect([profileOf(FIXED), dilationOf(FIXED), profileOf(undefined), dilationOf(undefined)]).to.deep.equal([
      null,
      1,
      null,
      1,
    ]);
    expect(linkOf(undefined)).to.equal(undefined);
    const link = linkOf(emulation);
    expect(link?.openUplink()).to.equal(link?.openUplink()); // one for all that it talks to
  });
});
