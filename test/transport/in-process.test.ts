// What the hub adds to the contract of a transport: misfortunes on demand, and no favours.

import { expect } from 'chai';
import { createHub } from '../../transport/in-process.js';
import { connectionNews, openInbox, rejectionOf } from './inbox.js';

describe('in-process hub', () => {
  it('hands out badly aligned copies, never the buffer itself', async () => {
    const hub = createHub();
    const a = await hub.connect({ clientId: 'a' });
    const payload = new Uint8Array(8).fill(7);
    const received: Uint8Array[] = [];
    const done = new Promise<void>((resolve) => {
      for (const filter of ['x', '+']) {
        void a.subscribe(filter, (_topic, bytes) => {
          received.push(bytes);
          if (received.length === 2) resolve();
        });
      }
    });
    await a.publish('x', payload, { qos: 0 });
    payload.fill(0);
    await done;
    for (const bytes of received) {
      expect(bytes.byteOffset % 4).to.equal(1);
      expect([...bytes]).to.deep.equal([7, 7, 7, 7, 7, 7, 7, 7]);
    }
  });

  it('keeps a severed client offline until it is restored', async () => {
    const hub = createHub();
    const [a, b] = [await hub.connect({ clientId: 'a' }), await hub.connect({ clientId: 'b' })];
    const [news, inbox] = [connectionNews(a), await openInbox(a, 'x')];
    hub.sever('a');
    await b.publish('x', 'lost', { qos: 1 });
    expect(news.waiting()).to.equal(1);
    await hub.restore('a');
    expect(await news.take(2)).to.deep.equal([false, true]);
    await b.publish('x', 'received', { qos: 1 });
    expect(await inbox.texts(1)).to.deep.equal(['received']);
  });

  it('loses what is on its way to a client that vanishes', async () => {
    const hub = createHub();
    const [a, b] = [await hub.connect({ clientId: 'a' }), await hub.connect({ clientId: 'b' })];
    const inbox = await openInbox(a, 'x');
    void b.publish('x', 'on its way', { qos: 0 });
    hub.sever('a');
    await hub.restore('a');
    await b.publish('x', 'next', { qos: 0 });
    expect(await inbox.texts(1)).to.deep.equal(['next']);
  });

  it('refuses a second client of one name, unknown clients, and connects while it is stopped', async () => {
    const hub = createHub();
    const a = await hub.connect({ clientId: 'a' });
    expect(await rejectionOf(hub.connect({ clientId: 'a' }))).to.include({ code: 'connection' });
    expect(() => hub.sever('nobody')).to.throw(/no client nobody/);
    hub.stop();
    expect(await rejectionOf(hub.connect({ clientId: 'b' }))).to.include({ code: 'connection' });
    await hub.start();
    await a.close();
    await (await hub.connect({ clientId: 'a' })).close();
  });
});
