// A connection that is lost: its will, the news of it, and what waits until it is back.

import { expect } from 'chai';
import type { Will } from '../../../transport/transport.js';
import { connectionNews, openInbox, rejectionOf } from '../../transport/inbox.js';
import type { Subject } from './buses.js';

const OFFLINE: Will = { topic: 'a/status', payload: 'offline', qos: 1, retain: true };

export function connectionLossContract({ bus, connect }: Subject): void {
  it('sends the will of a client that vanishes', async () => {
    const b = await connect('b');
    const inbox = await openInbox(b, 'a/status');
    await connect('a', { will: OFFLINE });
    await bus().sever('a');
    expect(await inbox.texts(1)).to.deep.equal(['offline']);
    const late = await openInbox(await connect('c'), 'a/status');
    expect(await late.texts(1)).to.deep.equal(['offline']);
  });

  it('sends no will of a client that takes leave', async () => {
    const b = await connect('b');
    const inbox = await openInbox(b, 'a/status');
    const a = await connect('a', { will: OFFLINE });
    await a.close();
    await b.publish('a/status', 'left', { qos: 1 });
    expect(await inbox.texts(1)).to.deep.equal(['left']);
  });

  it('tells of the loss and the return of the connection, and subscribes again', async () => {
    const [a, b] = [await connect('a'), await connect('b')];
    const news = connectionNews(a);
    const inbox = await openInbox(a, 'to/+');
    await bus().sever('a');
    expect(await news.take(2)).to.deep.equal([false, true]);
    await b.publish('to/a', 'welcome back', { qos: 1 });
    expect(await inbox.texts(1)).to.deep.equal(['welcome back']);
    await a.close();
    expect(news.waiting()).to.equal(0);
  });

  it('rejects at QoS 0 and waits at QoS 1 while offline', async () => {
    const a = await connect('a', { windowMessages: 2 });
    const news = connectionNews(a);
    const inbox = await openInbox(a, 'x');
    await bus().stop();
    expect(await news.take(1)).to.deep.equal([false]);
    expect(await rejectionOf(a.publish('x', 'lost', { qos: 0 }))).to.include({ code: 'connection' });
    const numbers = ['1', '2', '3', '4', '5'];
    const sent = Promise.all(numbers.map((number) => a.publish('x', number, { qos: 1 })));
    await bus().start();
    await sent;
    expect(await inbox.texts(5)).to.deep.equal(numbers);
  });

  it('subscribes once it is back when asked while offline', async () => {
    const a = await connect('a');
    const news = connectionNews(a);
    await bus().stop();
    await news.take(1);
    const pending = openInbox(a, 'x');
    await bus().start();
    const inbox = await pending;
    await a.publish('x', 'here', { qos: 1 });
    expect(await inbox.texts(1)).to.deep.equal(['here']);
  });
}
