// A board that was away when a run ended forgets it once it is there again.

import { expect } from 'chai';
import { forgetEndedRuns } from '../../agent/ended-runs.js';
import { createHub, type Hub } from '../../transport/in-process.js';
import type { Subscription, Transport } from '../../transport/transport.js';
import { silent } from '../support/bus.js';
import { createMailbox } from '../transport/inbox.js';
import { topics } from './bench.js';

describe('runs that ended while a board was away', () => {
  let hub: Hub;
  let board: Transport;
  let master: Transport;
  let watch: Subscription | undefined;
  let forgotten = createMailbox<string>();
  let kept: string[] = [];

  beforeEach(async () => {
    hub = createHub();
    [board, master] = [await hub.connect({ clientId: 'board' }), await hub.connect({ clientId: 'master' })];
    forgotten = createMailbox();
    kept = [];
  });
  afterEach(async () => {
    await watch?.close();
    await Promise.all([board.close(), master.close()]);
  });

  const say = (run: string, state: string) => {
    return master.publish(topics.runStatus(run), JSON.stringify({ run, state }), { qos: 1, retain: true });
  };
  const open = (...runs: string[]) => {
    kept = runs;
    watch = forgetEndedRuns({
      ...{ transport: board, topics, log: silent },
      runs: async () => kept,
      forget: async (run) => {
        kept = kept.filter((each) => each !== run);
        forgotten.put(run);
      },
    });
  };

  it('are forgotten when it starts, and no others', async () => {
    for (const [run, state] of Object.entries({
      on: 'running',
      away: 'recovering',
      a: 'finished',
      b: 'stopped',
      c: 'failed',
    })) {
      await say(run, state);
    }
    await master.publish(topics.runStatus('nonsense'), 'nonsense', { qos: 1, retain: true });
    open('on', 'away', 'a', 'nonsense', 'b', 'unheard-of', 'c');
    expect((await forgotten.take(3)).sort()).to.deep.equal(['a', 'b', 'c']);
    expect(kept).to.deep.equal(['on', 'away', 'nonsense', 'unheard-of']);
  });

  it('are forgotten when the connection is back', async () => {
    await say('run', 'running');
    open('run');
    hub.sever('board');
    await say('run', 'finished');
    await hub.restore('board');
    expect(await forgotten.take(1)).to.deep.equal(['run']);
  });

  it('are forgotten though the broker hears of them late', async () => {
    open('run');
    await say('run', 'failed');
    expect(await forgotten.take(1)).to.deep.equal(['run']);
  });
});
