// Subscribers that read no more: whom they hold up, and for how long.

import { once } from 'node:events';
import { expect } from 'chai';
import type { Broker } from '../../broker/broker.js';
import { bench, connectPacket, inbox, publish, silent, subscribe, subscribePacket, topics } from './support.js';

describe('slow readers', () => {
  const { broker, client, raw, startRun } = bench();

  const frame = 'x'.repeat(256 * 1024);
  const forEver = 3_600_000;

  /** Subscribes and then reads no more. */
  async function frozen(to: Broker, filter: string, name?: string): Promise<void> {
    const socket = await raw(to);
    socket.write(connectPacket(name ?? 'frozen', name));
    await once(socket, 'data');
    socket.write(subscribePacket(filter));
    await once(socket, 'data');
    socket.pause();
  }

  /** A log, and the promise that it says this. */
  function logUntil(reason: string): { log: typeof silent; said: Promise<void> } {
    const { promise, resolve } = withResolvers();
    const warn = (details: object): void => {
      if ('reason' in details && details.reason === reason) resolve();
    };
    return { log: { ...silent, warn }, said: promise };
  }

  it('a frozen spectator holds nobody up: it misses messages', async () => {
    const to = await broker({ drainTimeoutMs: forEver });
    const master = await client(to, 'master');
    await frozen(to, topics.all());
    const watcher = await client(to, null);
    const box = inbox(watcher);
    await subscribe(watcher, topics.runMetrics('r'));
    for (let count = 1; to.counts.missed < 10; count++) {
      await publish(master, topics.runMetrics('r'), frame);
      await box.until(count);
    }
    expect(to.clients).to.equal(3);
  });

  it('a spectator that stays frozen is disconnected', async () => {
    const { log, said } = logUntil('took nothing for 20 ms');
    const to = await broker({ drainTimeoutMs: 20, log });
    const master = await client(to, 'master');
    await frozen(to, topics.all());
    while (to.counts.missed === 0) await publish(master, topics.runMetrics('r'), frame);
    await said;
    expect(await publish(master, topics.masterStatus())).to.equal('acknowledged');
  });

  it('a frozen board holds up nobody but its writer', async () => {
    const to = await broker({ drainTimeoutMs: forEver });
    const master = await startRun(to, ['a', 'b']);
    await frozen(to, topics.data('r', 1, 'forward'), 'a');
    const b = await client(to, 'b');
    await subscribe(master, topics.data('r', 0, 'forward'));
    const box = inbox(master);
    for (let count = 0; count < 100; count++) master.publish(topics.data('r', 1, 'forward'), frame);
    for (let count = 1; count <= 200; count++) {
      await publish(b, topics.data('r', 0, 'forward'), frame);
      await box.until(count);
    }
  });

  it('and its writer no longer than the drain time', async () => {
    const { log, said } = logUntil('drain timeout');
    const to = await broker({ drainTimeoutMs: 50, log });
    const master = await startRun(to, ['a', 'b']);
    await frozen(to, topics.data('r', 1, 'forward'), 'a');
    const sent = Array.from({ length: 100 }, () => publish(master, topics.data('r', 1, 'forward'), frame));
    await said;
    expect(await Promise.all(sent)).not.to.include('ended');
  });
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
