import { expect } from 'chai';
import { goalOf } from '../../../benchmarks/goals.js';
import { rowOf } from '../../../benchmarks/recovery/trial-section.js';
import { nameOf, TRIALS, type Trial, type TrialOutcome } from '../../../benchmarks/recovery/trials.js';
import { verdictOf } from '../../../benchmarks/report/report.js';

const trialOf = (name: string) => TRIALS.find((trial) => nameOf(trial) === name) as Trial;
const outcomeOf = (name: string, seconds: readonly (number | null)[], failure: string | null = null): TrialOutcome => ({
  ...trialOf(name),
  faults: seconds.map((each, index) => ({
    wentOnMs: each && 1000 * each,
    newStepMs: each && 1000 * each + 500,
    repeated: 10 * index,
  })),
  failure,
});

describe('how long runs take to go on', () => {
  it('is told by median and worst, with the steps that were done again and without', () => {
    const { values, note } = rowOf(outcomeOf('ring, sync: kill agent', [1, 1.8, 1.25]));
    expect(note).to.equal(undefined);
    const expected = { faults: 3, medianS: 1.25, worstS: 1.8, newStepS: 1.75, worstNewStepS: 2.3, repeated: 10 };
    expect(values).to.deep.equal(expected);
  });

  it('is judged by the worst: 2 s of an agent that is back at once, 5 s of one that stays away', () => {
    const temporary = rowOf(outcomeOf('ring, sync: kill agent', [1, 1.5]));
    expect(temporary.ratio).to.deep.equal({ value: 0.75, min: 0.5, max: 0.75, to: '2 s' });
    expect(verdictOf(temporary)).to.include({ met: true });
    expect(verdictOf(rowOf(outcomeOf('ring, sync: kill agent', [1, 2.5])))).to.include({ met: false });
    const permanent = rowOf(outcomeOf('ring, async: lose agent', [3.5, 4]));
    expect(permanent.ratio).to.deep.equal({ value: 0.8, min: 0.7, max: 0.8, to: '5 s' });
    expect(verdictOf(permanent)).to.include({ met: true });
  });

  it('is not judged where nothing is promised', () => {
    const row = rowOf(outcomeOf('ring, sync: kill master', [30]));
    expect(row).to.include({ id: 'recovery/kill-master/sync', ratio: null });
  });

  it('is too long where a run never went on', () => {
    const row = rowOf(outcomeOf('star, bsp: kill agent', [1, null], 'the run has not recovered within 120 s'));
    expect(verdictOf(row)).to.include({ met: false });
    expect(row.note).to.contain('has not recovered');
  });

  it('says nothing of a run that ended before a fault', () => {
    const row = rowOf(outcomeOf('ring, sync: kill agent', [], 'no board is online'));
    expect(verdictOf(row)).to.equal(null);
    expect(row.values.faults).to.equal(0);
  });

  it('has a row of its own for each trial, and one for each goal', () => {
    const ids = TRIALS.map((trial) => rowOf({ ...trial, faults: [], failure: null }).id);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(ids.filter((id) => goalOf(id) !== null)).to.deep.equal([
      'recovery/temporary/sync',
      'recovery/temporary/async',
      'recovery/temporary/star',
      'recovery/permanent/sync',
      'recovery/permanent/async',
    ]);
  });
});
