// What can befall a run, as its operator reads it.

import { expect } from 'chai';
import { boardLost, diverged, faultIn, stalled } from '../../master/faults.js';
import type { PlanEntry } from '../../protocol/assignment.js';

const entry: PlanEntry = {
  position: 2,
  agent: 'pi-2',
  firstLayer: 0,
  endLayer: 1,
  layers: ['dense_0'],
  memoryBytes: 1,
  microBatchMs: 1,
};
const event = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('faults of a run', () => {
  it('name the board, its position and the step', () => {
    expect(boardLost(entry, 'offline', 7).message).to.equal('board pi-2 (position 2) went offline at step 7');
    expect(boardLost(entry, 'restarted', 7).message).to.equal('board pi-2 (position 2) restarted at step 7');
  });

  it('say for how long nothing moved, and how far the master is', () => {
    const { message, remedy } = stalled(30_400, null);
    expect(message).to.contain('for 30 s');
    expect(remedy).to.contain('ringtmp status');
  });

  it('say what helps against numbers that are none', () => {
    expect(diverged('the loss is NaN').remedy).to.contain('learning rate');
  });

  it('are read from the events of boards, with their own remedy where there is one', () => {
    const error = { code: 'compute', message: 'broken' };
    const fault = { time: 1, type: 'fault', position: 3, error };
    expect(faultIn(event(fault))?.position).to.equal(3);
    expect(faultIn(event(fault))?.error).to.include({ code: 'compute', message: 'position 3: broken' });
    expect(faultIn(event(fault))?.error.remedy).to.contain('learning rate');
    expect(faultIn(event({ ...fault, error: { ...error, remedy: 'Mend it.' } }))?.error.remedy).to.equal('Mend it.');
  });

  it('are not in other events, nor in nonsense', () => {
    expect(faultIn(event({ time: 1, type: 'state', state: 'running' }))).to.equal(null);
    expect(faultIn(event({ time: 1, type: 'fault', position: 1 }))).to.equal(null);
    expect(faultIn(Buffer.from('nonsense'))).to.equal(null);
  });
});
