// A run that is on is noticed by what systemd or the master tells, and what would disturb it is left out.

import { expect } from 'chai';
import { type Check, ok } from '../../../cli/doctor/finding.js';
import { presentRun, type RunSources, unlessRunning } from '../../../cli/doctor/present-run.js';
import type { RunStatus } from '../../../protocol/run-messages.js';
import { STATUS } from '../run-samples.js';
import { findingsOf, line } from './findings.js';

const BOARD = STATUS.plan.at(-1)?.agent as string;

describe('doctor beside a run', () => {
  const { signal } = new AbortController();
  let asked: string[];
  beforeEach(() => {
    asked = [];
  });

  const runOf = (changes: Partial<RunSources> = {}) =>
    presentRun({
      board: BOARD,
      ofService: async () => null,
      ofMaster: async () => {
        asked.push('master');
        return [];
      },
      ...changes,
    });
  const told = (state: RunStatus['state']) => async () => [{ ...STATUS, state }];

  it('takes the word of the service, and asks nobody else', async () => {
    const run = runOf({ ofService: async () => 'digits-1' });
    expect([await run(signal), await run(signal), asked]).to.deep.equal(['digits-1', 'digits-1', []]);
  });

  it('asks the master once about an agent that is no service', async () => {
    const run = runOf();
    expect([await run(signal), await run(signal), asked]).to.deep.equal([null, null, ['master']]);
    expect(await runOf({ ofMaster: told('running') })(signal)).to.equal(STATUS.run);
    expect(await runOf({ ofMaster: told('paused') })(signal)).to.equal(STATUS.run);
  });

  it('knows a run that has ended, or is on elsewhere', async () => {
    expect(await runOf({ ofMaster: told('finished') })(signal)).to.equal(null);
    expect(await runOf({ ofMaster: told('running'), board: 'elsewhere' })(signal)).to.equal(null);
    expect(await runOf({ ofMaster: told('running'), board: null })(signal)).to.equal(null);
  });

  it('goes on where the master cannot be asked', async () => {
    expect(await runOf({ ofMaster: () => Promise.reject(new Error('nothing listens there')) })(signal)).to.equal(null);
  });

  it('leaves out what would disturb it, with a word', async () => {
    const check: Check = { name: 'engine', limitMs: 1_000, run: async () => [ok('engine', 'fast')] };
    const [free] = await findingsOf(unlessRunning(check, async () => null));
    expect(line(free!)).to.equal('ok engine: fast');
    const [busy] = await findingsOf(unlessRunning(check, async () => 'digits-1'));
    expect(line(busy!)).to.equal(
      'ok engine: not tried: the run digits-1 is on, and would be disturbed (--force tries all the same)',
    );
    expect(busy?.figures).to.deep.equal({ run: 'digits-1', tried: false });
  });
});
