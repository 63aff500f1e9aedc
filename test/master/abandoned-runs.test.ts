// The statuses that a killed master left behind, and what the next one makes of them.

import { expect } from 'chai';
import { failAbandonedRuns } from '../../master/abandoned-runs.js';
import { parseMessage } from '../../protocol/messages.js';
import { type RunStatus, runStatusSchema } from '../../protocol/run-messages.js';
import { topicsOf } from '../../protocol/topics.js';
import { createHub } from '../../transport/in-process.js';
import type { Transport } from '../../transport/transport.js';
import { openInbox } from '../transport/inbox.js';
import { statusOf } from './run-statuses.js';

const topics = topicsOf('lab');
const QUIET_MS = 20;

describe('abandoned runs', () => {
  let before: Transport;
  let master: Transport;
  beforeEach(async () => {
    const hub = createHub();
    [before, master] = [await hub.connect({ clientId: 'before' }), await hub.connect({ clientId: 'master' })];
  });
  afterEach(() => Promise.all([before.close(), master.close()]));

  const keep = (run: string, status: RunStatus | string) => {
    const payload = typeof status === 'string' ? status : JSON.stringify(status);
    return before.publish(topics.runStatus(run), payload, { qos: 1, retain: true });
  };

  it('are told as failed, with all that was known of them', async () => {
    const states = ['planning', 'running', 'paused', 'collecting'] as const;
    for (const state of states) await keep(state, statusOf({ run: state, state, etaSeconds: 9, step: 7 }));
    expect(await failAbandonedRuns(master, topics, null, QUIET_MS)).to.have.members([...states]);
    const kept = await (await openInbox(before, topics.runStatus('+'))).take(states.length);
    const error = { code: 'run', message: 'the master was restarted', remedy: 'Start the run again.' };
    expect(kept.map(({ payload }) => parseMessage(runStatusSchema, payload))).to.have.deep.members(
      states.map((run) => statusOf({ run, state: 'failed', etaSeconds: 0, step: 7, error })),
    );
  });

  it('are not waited for because the run that goes on tells of itself', async () => {
    await keep('other', statusOf({ run: 'other', state: 'running' }));
    let step = 0;
    const telling = setInterval(
      () => void keep('resumed', statusOf({ run: 'resumed', state: 'recovering', step: step++ })),
    );
    const beganMs = performance.now();
    try {
      expect(await failAbandonedRuns(master, topics, 'resumed', QUIET_MS)).to.deep.equal(['other']);
    } finally {
      clearInterval(telling);
    }
    expect(performance.now() - beganMs, 'as long as it waits at most').to.be.below(5_000);
  });

  it('leaves runs that have ended, and what cannot be read, as they are', async () => {
    for (const state of ['finished', 'stopped', 'failed'] as const) await keep(state, statusOf({ run: state, state }));
    await keep('nonsense', '{"state":"running"}');
    await keep('misplaced', statusOf({ run: 'elsewhere', state: 'running' }));
    expect(await failAbandonedRuns(master, topics, null, QUIET_MS)).to.deep.equal([]);
  });
});
