// When a position is given up because its master is gone, on a clock of its own.

import { mock } from 'node:test';
import { expect } from 'chai';
import { watchMaster } from '../../agent/master-watch.js';
import { createHub, type Hub } from '../../transport/in-process.js';
import type { Subscription, Transport } from '../../transport/transport.js';
import { type Inbox, openInbox } from '../transport/inbox.js';
import { topics } from './bench.js';

const GRACE_MS = 30_000;

describe('master watch', () => {
  let hub: Hub;
  let agent: Transport;
  let master: Transport;
  let watch: Subscription;
  let seen: Inbox;
  let gone: number;

  beforeEach(async () => {
    hub = createHub();
    [agent, master] = [await hub.connect({ clientId: 'agent' }), await hub.connect({ clientId: 'master' })];
    mock.timers.enable({ apis: ['setTimeout'] });
    gone = 0;
    watch = await watchMaster({
      transport: agent,
      topic: topics.masterStatus(),
      graceMs: GRACE_MS,
      onGone: () => gone++,
    });
    seen = await openInbox(agent, topics.masterStatus()); // told after the watch
  });

  afterEach(async () => {
    mock.timers.reset();
    await watch.close();
    await Promise.all([agent.close(), master.close()]);
  });

  async function say(state: string, boot: number): Promise<void> {
    await master.publish(topics.masterStatus(), JSON.stringify({ state, boot, time: 1 }), { qos: 1, retain: true });
    await seen.take(1);
  }

  it('waits for the grace time after the master went offline', async () => {
    await say('online', 1);
    await say('offline', 1);
    mock.timers.tick(GRACE_MS - 1);
    expect(gone).to.equal(0);
    mock.timers.tick(1);
    expect(gone).to.equal(1);
  });

  it('forgives a master that is back in time', async () => {
    await say('online', 1);
    await say('offline', 1);
    mock.timers.tick(GRACE_MS - 1);
    await say('online', 1);
    mock.timers.tick(2 * GRACE_MS);
    expect(gone).to.equal(0);
  });

  it('does not begin the grace time anew when told again', async () => {
    await say('offline', 1);
    mock.timers.tick(GRACE_MS - 1);
    await say('offline', 1);
    mock.timers.tick(1);
    expect(gone).to.equal(1);
  });

  it('notices another master at once', async () => {
    await say('online', 1);
    await say('online', 2);
    expect(gone).to.equal(1);
    await say('online', 2);
    expect(gone).to.equal(1);
  });

  it('notices a master that died with the broker', async () => {
    await say('online', 1);
    hub.stop();
    hub.sever('master');
    await hub.start();
    mock.timers.tick(GRACE_MS);
    expect(gone).to.equal(1);
    await hub.restore('master');
  });

  it('goes on when master and broker are back', async () => {
    await say('online', 1);
    hub.stop();
    await hub.start();
    await seen.take(1);
    mock.timers.tick(2 * GRACE_MS);
    expect(gone).to.equal(0);
  });

  it('is told no more once it is closed', async () => {
    await say('offline', 1);
    await watch.close();
    mock.timers.tick(2 * GRACE_MS);
    expect(gone).to.equal(0);
  });
});
