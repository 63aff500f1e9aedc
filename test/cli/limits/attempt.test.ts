import { expect } from 'chai';
import { failed, outcomeOf } from '../../../cli/limits/attempt.js';
import type { LimitAttempt } from '../../../comparison/limits.js';
import { nextOf } from '../../../comparison/limits.js';
import { RemoteError, RunError, TimeoutError } from '../../../errors.js';
import type { RunStatus } from '../../../protocol/run-messages.js';

const FINISHED = { state: 'finished', step: 3, steps: 3, loss: 2.3, error: null } as RunStatus;

describe('an attempt', () => {
  it('has trained when its steps are done and its loss is a number', () => {
    expect(outcomeOf(FINISHED)).to.deep.equal({ outcome: 'trained', reason: null });
    for (const fault of [
      { state: 'stopped' },
      { step: 2 },
      { loss: null },
      { loss: Number.NaN },
    ] as Partial<RunStatus>[]) {
      const { outcome, reason } = outcomeOf({ ...FINISHED, ...fault });
      expect(outcome).to.equal('failed');
      expect(reason).to.match(/was stopped|after 2 of 3 steps|loss was (null|NaN)/);
    }
  });

  it('tells a refusal from being late and from all else, with the reason', () => {
    const capacity = { code: 'capacity', message: 'dense_0 on board-1 needs 2 bytes more' };
    expect(failed(new RemoteError(capacity))).to.deep.equal({ outcome: 'refused', reason: capacity.message });
    expect(outcomeOf({ ...FINISHED, state: 'failed', error: capacity }).outcome).to.equal('refused');
    expect(failed(new TimeoutError('late')).outcome).to.equal('timed out');
    expect(failed(new RemoteError({ code: 'timeout', message: 'late' })).outcome).to.equal('timed out');
    expect(failed(new RunError('gone'))).to.deep.equal({ outcome: 'failed', reason: 'gone' });
  });

  it('sets the limit when it is the smallest that did not train', () => {
    const made = (layers: number, outcome: LimitAttempt['outcome']): LimitAttempt => ({
      layers,
      parameters: layers,
      outcome,
      reason: null,
      seconds: 1,
    });
    const attempts = [made(8, 'trained'), made(16, 'refused'), made(12, 'out of memory'), made(10, 'trained')];
    const result = { contestant: 'ring', mode: 'ring', boards: 1, parameters: 10 } as const;
    expect(nextOf({ ...result, attempts })).to.include({ layers: 12, outcome: 'out of memory' });
    expect(nextOf({ ...result, attempts: attempts.slice(0, 1) })).to.equal(null);
  });
});
