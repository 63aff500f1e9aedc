import { expect } from 'chai';
import { steadyRun } from '../../../benchmarks/recovery/steady-run.js';
import type { Happening } from '../../../cli/chaos/trace.js';

const cut = (time: number, costMs: number): Happening => ({ type: 'cut', time, step: 0, costMs });

/** A slow start, then a step each 100 ms. */
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
      lastsMs: 1_500,
    });
  });

  it('has the cuts that were committed in it, and what each took', () => {
    const happenings = [cut(1_000, 90), cut(2_500, 30), cut(LAST_MS, 50), cut(LAST_MS + 1, 70)];
    expect(steadyRun({ happenings, steps: STEPS }, 2_000, 32)?.cutsMs).to.deep.equal([30, 50]);
  });

  it('is unknown of a run that hardly made a step after the start', () => {
    expect(steadyRun({ happenings: [], steps: STEPS }, 3_500, 32)).to.equal(null);
    expect(steadyRun({ happenings: [], steps: STEPS }, 9_000, 32)).to.equal(null);
    expect(steadyRun({ happenings: [], steps: [] }, 0, 32)).to.equal(null);
  });
});
