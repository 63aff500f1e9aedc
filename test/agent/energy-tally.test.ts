// The joules of a position, against what can be worked out by hand and against what always holds.

import { expect } from 'chai';
import fc from 'fast-check';
import { EnergyTally, type Joules, LONGEST_GAP_MS } from '../../agent/energy-tally.js';
import type { PowerReading } from '../../hardware/power/power-sensor.js';
import type { ByBusyPhase } from '../../node/activity.js';
import type { Phase } from '../../protocol/phases.js';

function at(atMs: number, watts: number): PowerReading {
  return { atMs, watts, volts: null, amps: null, countedJoules: null };
}

/** What a compute thread has booked, written by the test. */
function work() {
  const seconds = { forward: 0, backward: 0, update: 0, serialise: 0 };
  return {
    phase: 'idle' as Phase,
    book: (phase: keyof ByBusyPhase, more: number) => {
      seconds[phase] += more;
    },
    get seconds() {
      return { ...seconds };
    },
  };
}

const sumOf = (joules: Joules) => Object.values(joules).reduce((sum, each) => sum + each, 0);

describe('the energy of a position', () => {
  it('is the trapezoid under the readings, by the time of each', () => {
    const tally = new EnergyTally(work(), 1000);
    // 2 W until the first reading; then 100 ms up to 4 W, 400 ms down to 1 W: 0.2 + 0.3 + 1.0 J.
    for (const [ms, watts] of [
      [1100, 2],
      [1200, 4],
      [1600, 1],
    ] as const)
      tally.add(at(ms, watts));
    expect(tally.joules(1600)?.idle).to.be.closeTo(1.5, 1e-12);
  });

  it('goes to the phases by the seconds booked, and the rest to idle', () => {
    const activity = work();
    const tally = new EnergyTally(activity, 0);
    activity.book('forward', 0.02);
    activity.book('backward', 0.04);
    tally.add(at(100, 10));
    const { idle, forward, backward, update } = tally.joules(100)!;
    expect([idle, forward, backward, update].map((each) => Number(each.toFixed(9)))).to.deep.equal([0.4, 0.2, 0.4, 0]);
  });

  it('goes to work that is still under way, once: when it is booked, later intervals do not pay again', () => {
    const activity = work();
    const tally = new EnergyTally(activity, 0);
    activity.phase = 'forward';
    tally.add(at(100, 10));
    tally.add(at(200, 10));
    activity.phase = 'idle';
    activity.book('forward', 0.25); // it ended 50 ms into the third interval
    tally.add(at(300, 10));
    tally.add(at(400, 10));
    const { idle, forward } = tally.joules(400)!;
    expect(forward).to.be.closeTo(2.5, 1e-9);
    expect(idle).to.be.closeTo(1.5, 1e-9);
  });

  for (const [workMs, periodMs] of [
    [15, 50],
    [60, 50],
    [70, 50],
  ] as const) {
    it(`is never idle where work of ${workMs} ms follows upon work, whatever the intervals cut`, () => {
      const activity = work();
      const tally = new EnergyTally(activity, 0);
      let [endMs, isForward] = [workMs, true];
      for (let nowMs = periodMs; nowMs <= 10_000; nowMs += periodMs) {
        for (; endMs <= nowMs; endMs += workMs, isForward = !isForward) {
          activity.book(isForward ? 'forward' : 'backward', workMs / 1000);
        }
        activity.phase = isForward ? 'forward' : 'backward';
        tally.add(at(nowMs, 10));
      }
      const { idle, forward, backward } = tally.joules(10_000)!;
      expect(idle + forward + backward).to.be.closeTo(100, 1e-9);
      expect(idle).to.be.at.most(1);
      expect(forward / backward).to.be.within(0.95, 1.05);
    });
  }

  it('is not known before the first reading, however short the time', () => {
    expect(new EnergyTally(work(), 0).joules(10)).to.equal(null);
  });

  it('goes on with the last watts where the last reading is missing', () => {
    const activity = work();
    const tally = new EnergyTally(activity, 0);
    tally.add(at(1000, 2));
    activity.book('forward', 1);
    for (let asked = 0; asked < 2; asked++) {
      const { idle, forward } = tally.joules(5000)!;
      expect([idle, forward]).to.deep.equal([2 + 6, 2]);
    }
  });

  it('has all joules in some phase, whatever is booked', () => {
    const step = fc.record({
      ms: fc.integer({ min: 0, max: 400 }),
      watts: fc.double({ min: 0, max: 20, noNaN: true }),
      phase: fc.constantFrom('idle', 'forward', 'backward', 'update', 'serialise'),
      forward: fc.double({ min: 0, max: 0.5, noNaN: true }),
      update: fc.double({ min: 0, max: 0.5, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const activity = work();
        const tally = new EnergyTally(activity, 0);
        let [nowMs, expected] = [0, 0];
        let lastW: number | null = null;
        for (const { ms, watts, phase, forward, update } of steps) {
          activity.phase = phase as Phase;
          activity.book('forward', forward);
          activity.book('update', update);
          nowMs += ms;
          expected += (((lastW ?? watts) + watts) / 2) * (ms / 1000);
          lastW = watts;
          tally.add(at(nowMs, watts));
        }
        const joules = tally.joules(nowMs)!;
        expect(sumOf(joules)).to.be.closeTo(expected, 1e-9);
        for (const each of Object.values(joules)) expect(each).to.be.at.least(0);
      }),
    );
  });

  it('takes no reading from before the position', () => {
    const tally = new EnergyTally(work(), 1000);
    tally.add(at(900, 100));
    tally.add(at(1100, 2));
    expect(tally.joules(1100)?.idle).to.be.closeTo(0.2, 1e-12);
  });

  it('is not known where too long a time was not measured, also at its end', () => {
    const gone = new EnergyTally(work(), 0);
    gone.add(at(100, 2));
    expect(gone.joules(100 + LONGEST_GAP_MS)).to.not.equal(null);
    expect(gone.joules(101 + LONGEST_GAP_MS)).to.equal(null);
    gone.add(at(101 + LONGEST_GAP_MS, 2));
    expect(gone.joules(101 + LONGEST_GAP_MS)).to.equal(null);
    const late = new EnergyTally(work(), 0);
    late.add(at(LONGEST_GAP_MS + 1, 2));
    expect(late.joules(LONGEST_GAP_MS + 1)).to.equal(null);
  });
});
