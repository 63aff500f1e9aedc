import { expect } from 'chai';
import { type InjectedFault, isOvercome, isSettled, recoveryOf } from '../../../cli/chaos/recovery.js';
import type { Happening, Trace } from '../../../cli/chaos/trace.js';

const FAULT: InjectedFault = {
  ...{ fault: 'kill', member: 'agent', name: 'board-1', lastsMs: 0, where: 0 },
  ...{ atMs: 1000, overMs: 1000 },
};
const FOR_EVER = Number.POSITIVE_INFINITY;

const lost = (time: number, step: number): Happening => ({ type: 'lost', time, step, error: { message: 'gone' } });
const begun = (time: number, step: number): Happening => ({ type: 'begun', time, generation: 1, step });
const state = (time: number, name: 'running' | 'recovering' | 'finished'): Happening => {
  return { type: 'state', time, state: name };
};
const planned = (time: number, positions: number): Happening => {
  return { type: 'planned', time, plan: Array.from({ length: positions }) };
};
const cut = (time: number, step: number): Happening => ({ type: 'cut', time, step, costMs: 20 });

/** @param times of the steps from 0 */
function traceOf(happenings: readonly Happening[], times: readonly number[]): Trace {
  return { happenings, steps: times.map((time, step) => ({ step, time })) };
}

describe('what a fault did to a run', () => {
  it('counts from the fault to the first new step, and the steps that were done again', () => {
    const trace = traceOf([lost(1100, 3), begun(1900, 1)], [700, 800, 900, 2400]);
    expect(recoveryOf(FAULT, trace, FOR_EVER)).to.deep.equal({ recoveryMs: 1400, generations: 1, repeated: 2 });
  });

  it('counts to the first generation that makes a new step, and what each did again', () => {
    const happenings = [lost(1100, 3), begun(1500, 1), lost(1800, 2), lost(1850, 2), begun(2000, 1)];
    const later = [lost(2700, 4), begun(2800, 4)]; // a board is back
    const trace = traceOf([...happenings, ...later], [700, 800, 900, 2600, 3000]);
    expect(recoveryOf(FAULT, trace, FOR_EVER)).to.deep.equal({ recoveryMs: 1600, generations: 3, repeated: 3 });
  });

  it('leaves to the next fault what came after it', () => {
    const trace = traceOf([lost(1100, 3), begun(1500, 3), lost(5100, 9), begun(6000, 5)], [900, 1600, 7000]);
    expect(recoveryOf(FAULT, trace, 5000)).to.deep.equal({ recoveryMs: 600, generations: 1, repeated: 0 });
  });

  it('tells how long a run stood still that bore it', () => {
    const trace = traceOf([], [700, 900, 1050, 3050, 3100, 9000]);
    expect(recoveryOf(FAULT, trace, FOR_EVER)).to.deep.equal({ recoveryMs: 2000, generations: 0, repeated: 0 });
  });

  it('counts of a run that bears the loss of a board how long it stood still at most, not until the board is back', () => {
    const happenings = [lost(3100, 5), begun(3300, 4), lost(8000, 9), begun(8900, 9)];
    const trace = traceOf(happenings, [700, 900, 1400, 2000, 2900, 3600, 7900]);
    expect(recoveryOf(FAULT, trace, 7950)).to.deep.equal({ recoveryMs: 900, generations: 1, repeated: 1 });
    const slow = traceOf(happenings, [700, 900, 1400, 2000, 2600, 4100, 4200]);
    expect(recoveryOf(FAULT, slow, 7950).recoveryMs).to.equal(1500);
  });

  it('knows no time where no step came after it', () => {
    expect(recoveryOf(FAULT, traceOf([lost(1100, 3), begun(1200, 0)], [900, 1050]), FOR_EVER).recoveryMs).to.equal(
      null,
    );
    expect(recoveryOf(FAULT, traceOf([lost(1100, 3)], [900]), FOR_EVER).recoveryMs).to.equal(null);
    expect(recoveryOf(FAULT, traceOf([lost(1100, 3), begun(1200, 0)], [900]), FOR_EVER).recoveryMs).to.equal(null);
  });
});

describe('a run that has ended', () => {
  it('has overcome a fault when it made steps after that had to be noticed', () => {
    expect(isOvercome(FAULT, traceOf([], [900, 2600]))).to.equal(true);
    expect(isOvercome(FAULT, traceOf([], [900, 2400]))).to.equal(false);
    expect(isOvercome(FAULT, traceOf([], []))).to.equal(false);
  });
});

describe('a run that has recovered', () => {
  const well = traceOf([state(0, 'running'), lost(1100, 1), begun(1500, 0), cut(2700, 2)], [900, 2600]);
  const isWell = (trace: Trace, nowMs = 9000) => isSettled(trace, FAULT.overMs, nowMs);

  it('makes new steps, and has kept some since', () => {
    expect(isWell(well)).to.equal(true);
    expect(isWell({ ...well, steps: [{ step: 0, time: 1100 }] }), 'without a new step').to.equal(false);
    expect(isWell({ ...well, happenings: well.happenings.slice(0, -1) }), 'without a cut').to.equal(false);
  });

  it('has not lost anything since, nor paused, nor ended', () => {
    expect(isWell({ ...well, happenings: [...well.happenings, lost(2800, 2)] })).to.equal(false);
    expect(isWell({ ...well, happenings: [...well.happenings, state(2800, 'recovering')] })).to.equal(false);
    expect(isWell({ ...well, happenings: [...well.happenings, state(2800, 'finished')] })).to.equal(false);
  });

  it('has all its boards again', () => {
    const planOf = (positions: number) => [planned(0, 4), ...well.happenings, planned(1400, positions)];
    expect(isWell({ ...well, happenings: planOf(3) })).to.equal(false);
    expect(isWell({ ...well, happenings: planOf(4) })).to.equal(true);
  });

  it('is given the time in which a loss is noticed', () => {
    expect(isWell(well, FAULT.overMs + 1000)).to.equal(false);
  });
});
