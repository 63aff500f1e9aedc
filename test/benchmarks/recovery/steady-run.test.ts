import { expect } from 'chai';
import { steadyRun } from '../../../benchmarks/recovery/steady-run.js';
import type { Happening } from '../../../cli/chaos/trace.js';

const cut = (time: number, costMs: number): Happening => ({ type: 'cut', time, step: 0, costMs });

/** A slow start, then a step each 100 ms from 2,000 ms to 3,500 ms. */
const STEPS = Array.from({ length: 20 }, (_, step) => ({
  step,
  time: step < 5 ? 500 * step : 2_000 + 100 * (step - 4),
}));
const LAST_MS = 3_500;

describe('the steady state of a run', () => {
  it('is as fast as its steps come after the start', () => {
    expect(steadyRun({ happenings: [], steps: STEPS }, 2_000, 32)).to.deep.equal({
      samplesPerSecond: 320,
      cutsMs: [],
      lostMs: 0,
      lastsMs: 1_500,
    });
  });

  it('has the cuts that were on their way in it alone, and what each took', () => {
    const happenings = [cut(1_000, 90), cut(2_010, 30), cut(2_550, 30), cut(LAST_MS, 50), cut(LAST_MS + 1, 70)];
    const steady = steadyRun({ happenings, steps: STEPS }, 2_000, 32);
    expect(steady?.cutsMs).to.deep.equal([30, 50]);
    expect(steady?.lostMs).to.be.closeTo(0, 1e-9);
  });

  it('has lost to cuts what steps take longer meanwhile', () => {
    // From 2,500 ms on all is 60 ms late, from 3,100 ms on 40 ms more.
    const lateMs = (time: number) => (time > 2_500 ? 60 : 0) + (time > 3_100 ? 40 : 0);
    const steps = STEPS.map(({ step, time }) => ({ step, time: time + lateMs(time) }));
    const happenings = [cut(2_650, 90), cut(3_280, 100)];
    const steady = steadyRun({ happenings, steps }, 2_000, 32);
    expect(steady?.lostMs).to.be.closeTo(100, 1e-9);
    expect(steady?.lastsMs).to.equal(1_600);
  });

  it('is unknown of a run that hardly made a step after the start', () => {
    expect(steadyRun({ happenings: [], steps: STEPS }, 3_500, 32)).to.equal(null);
    expect(steadyRun({ happenings: [], steps: STEPS }, 9_000, 32)).to.equal(null);
    expect(steadyRun({ happenings: [], steps: [] }, 0, 32)).to.equal(null);
  });
});
