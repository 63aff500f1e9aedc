// The window that a position comes to from what the frames tell: the rule at each position of a measured
// ring, the period at the master, and the hysteresis.

import { expect } from 'chai';
import { ComputePace } from '../../node/compute-pace.js';
import { HeldWindow } from '../../node/held-window.js';
import { PeriodMeter } from '../../node/period-meter.js';
import { RingTiming } from '../../node/ring-timing.js';
import { roundTripMs, windowOf } from '../../node/schedules/window.js';

/** What a compute thread has booked; tests add to it. */
function bookings() {
  const seconds = { forward: 0, backward: 0, update: 0 };
  const counts = { forward: 0, backward: 0, update: 0 };
  const book = (phase: 'forward' | 'backward', ms: number) => {
    seconds[phase] += ms / 1000;
    counts[phase]++;
  };
  return { activity: { seconds, counts }, book };
}

interface RingOptions {
  readonly boards: number;
  readonly forwardMs: number;
  readonly backwardMs: number;
  readonly linkMs: number;
  /** Between two micro-batches that come round. */
  readonly periodMs: number;
  readonly cap?: number;
  readonly planned?: number;
}

/** The timings of a whole ring, and micro-batches that go round it. */
function openRing({ boards, forwardMs, backwardMs, linkMs, periodMs, cap = 100, planned = 3 }: RingOptions) {
  let nowMs = 0;
  const told: [position: number, window: number][] = [];
  const books = Array.from({ length: boards + 1 }, bookings);
  const timings = books.map(({ activity }, position) => {
    return new RingTiming({
      position,
      workers: boards,
      activity,
      window: planned,
      cap,
      microBatches: 4,
      linkMs: () => linkMs,
      onWindow: (window) => told.push([position, window]),
      now: () => nowMs,
    });
  });
  const backward = (position: number) => {
    books[position]!.book('forward', position === 0 ? 0 : forwardMs);
    books[position]!.book('backward', position === 0 ? 0 : backwardMs);
    return timings[position]!.outgoing(position === 1 ? 'done' : 'gradient');
  };
  const goRound = (times: number) => {
    for (let time = 0; time < times; time++) {
      for (let position = 1; position <= boards; position++) {
        timings[position]!.incoming('activation', timings[position - 1]!.outgoing('activation'));
      }
      for (let position = 0; position !== 1; position = position === 0 ? boards : position - 1) {
        const next = position === 0 ? boards : position - 1;
        timings[next]!.incoming('gradient', backward(position));
      }
      nowMs += periodMs;
      timings[0]!.incoming('done', backward(1));
    }
  };
  return { timings, told, goRound };
}

describe('ring timing', () => {
  it('gives each position the window of the rule, and one for each stage behind, once the measurements have gone round', () => {
    const times = { forwardMs: 2, backwardMs: 3, linkMs: 5 };
    const { timings, goRound } = openRing({ ...times, boards: 4, periodMs: 5 });
    goRound(80);
    // The master's stage costs nothing here, so five stages are behind position 1, of which four compute.
    for (const position of [1, 2, 3, 4]) {
      const behind = 4 - (position - 1);
      const pace = { roundTripMs: behind * 5 + 2 * behind * 5, periodMs: 5 };
      expect(timings[position]!.window, `position ${position}`).to.equal(windowOf(pace, 100, 1 + behind));
      expect(timings[position]!.microBatchMs).to.be.closeTo(5, 1e-9);
    }
    const uniform = { stage: 0, stages: 4, computeMs: 5, linkMs: 5 };
    expect(timings[1]!.window).to.be.at.least(windowOf({ roundTripMs: roundTripMs(uniform), periodMs: 5 }, 100));
    expect(timings[0]!.streamWindow).to.be.greaterThan(timings[1]!.window);
  });

  it('takes a ring that is faster than its links for what it is: they carry several messages at once', () => {
    const slow = { boards: 2, forwardMs: 1, backwardMs: 1, linkMs: 20 };
    const [serial, pipelined] = [openRing({ ...slow, periodMs: 20 }), openRing({ ...slow, periodMs: 4 })];
    for (const { goRound } of [serial, pipelined]) goRound(80);
    expect(pipelined.timings[1]!.window).to.be.greaterThan(2.5 * serial.timings[1]!.window);
  });

  it('grows at once, tells so, and shrinks only after many measurements', () => {
    const { timings, told, goRound } = openRing({
      boards: 2,
      forwardMs: 2,
      backwardMs: 2,
      linkMs: 8,
      periodMs: 8,
      planned: 2,
    });
    goRound(4);
    expect(timings[1]!.window).to.be.greaterThan(2);
    expect(told).to.deep.include([1, timings[1]!.window]);
  });

  it('never exceeds the cap of the schedule, and keeps the plan until there are measurements', () => {
    const { timings, goRound } = openRing({ boards: 4, forwardMs: 2, backwardMs: 3, linkMs: 50, periodMs: 50, cap: 4 });
    expect(timings.map(({ window }) => window)).to.deep.equal([3, 3, 3, 3, 3]);
    goRound(80);
    for (const { window } of timings) expect(window).to.be.within(1, 4);
    expect(timings[1]!.window).to.equal(4);
  });

  it('keeps windows of at least 1 where nothing takes any time, or a frame tells of impossible times', () => {
    const { timings, goRound } = openRing({ boards: 2, forwardMs: 0, backwardMs: 0, linkMs: 0, periodMs: 0, cap: 4 });
    goRound(80);
    expect(timings[0]!.streamWindow).to.equal(5);
    expect(timings[1]!.window).to.be.within(1, 4);
    const lies = openRing({ boards: 2, forwardMs: 1, backwardMs: 1, linkMs: 1, periodMs: 1, cap: 4 });
    lies.goRound(80);
    for (let time = 0; time < 80; time++) {
      lies.timings[1]!.incoming('gradient', { behind: -1e6, slowest: -1e6, link: -1e6 });
      lies.timings[1]!.outgoing('done');
      lies.timings[0]!.incoming('done', { behind: -1e6, slowest: -1e6, link: -1e6 });
    }
    expect(lies.timings[1]!.window).to.equal(1);
    expect(lies.timings[0]!.streamWindow).to.be.at.least(1);
  });

  it('adds nothing to a frame before it knows anything, nor to an evaluation', () => {
    const { timings } = openRing({ boards: 1, forwardMs: 1, backwardMs: 1, linkMs: 1, periodMs: 2 });
    for (const kind of ['activation', 'gradient', 'done', 'eval', 'collect'] as const) {
      expect(timings[1]!.outgoing(kind)).to.deep.equal({});
    }
  });
});

describe('held window', () => {
  it('takes the largest of the last 64 that were asked for', () => {
    const held = new HeldWindow(3);
    expect([held.take(5), held.size]).to.deep.equal([true, 5]);
    expect([held.take(2), held.size]).to.deep.equal([false, 5]);
    for (let time = 0; time < 62; time++) expect(held.take(2)).to.equal(false);
    expect([held.take(2), held.size]).to.deep.equal([true, 2]);
  });
});

describe('compute pace', () => {
  it('averages forward and backward each by itself, so that a flush does not matter', () => {
    const { activity, book } = bookings();
    const pace = new ComputePace(activity);
    for (let micro = 0; micro < 4; micro++) book('forward', 2);
    expect(pace.measure()).to.equal(null);
    for (let micro = 0; micro < 4; micro++) {
      book('backward', 6);
      expect(pace.measure()).to.be.closeTo(8, 1e-9);
    }
    for (let micro = 0; micro < 100; micro++) {
      book('backward', 10);
      pace.measure();
    }
    expect(pace.measure()).to.be.closeTo(12, 1e-3);
  });
});

describe('period meter', () => {
  it('averages over the last two steps', () => {
    let nowMs = 0;
    const meter = new PeriodMeter(3, () => nowMs);
    for (const gapMs of [100, 1, 1, 4, 1, 1, 4]) {
      expect(meter.averageMs).to.equal(null);
      nowMs += gapMs;
      meter.completed();
    }
    expect(meter.averageMs).to.equal(2);
  });
});
