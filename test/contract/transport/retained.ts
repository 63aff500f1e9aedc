// Retained messages: the last one for who comes late, and again for a bus that has forgotten it.

import { expect } from 'chai';
import { connectionNews, openInbox } from '../../transport/inbox.js';
import type { Subject } from './buses.js';

export function retainedContract({ bus, connect }: Subject): void {
  it('gives a late subscriber the retained message, and only the last', async () => {
    const a = await connect('a');
    await a.publish('state', 'old', { qos: 1, retain: true });
    await a.publish('state', 'new', { qos: 1, retain: true });
    const inbox = await openInbox(await connect('b'), 'state');
    await a.publish('state', 'live', { qos: 1 });
    expect(await inbox.texts(2)).to.deep.equal(['new', 'live']);
  });

  it('gives a second handler on a filter the retained message, and the first not again', async () => {
    const [a, b] = [await connect('a'), await connect('b')];
    await a.publish('state', 'kept', { qos: 1, retain: true });
    const first = await openInbox(b, 'state');
    expect(await first.texts(1)).to.deep.equal(['kept']);
    const second = await openInbox(b, 'state');
    expect(await second.texts(1)).to.deep.equal(['kept']);
    await a.publish('state', 'live', { qos: 1 });
    expect(await first.texts(1)).to.deep.equal(['live']);
  });

  it('forgets a retained message that an empty one clears', async () => {
    const a = await connect('a');
    await a.publish('state', 'kept', { qos: 1, retain: true });
    await a.publish('state', '', { qos: 1, retain: true });
    const inbox = await openInbox(await connect('b'), 'state');
    await a.publish('state', 'live', { qos: 1 });
    expect(await inbox.texts(1)).to.deep.equal(['live']);
  });

  it('publishes what it retained again to a bus that has forgotten it', async () => {
    const a = await connect('a');
    const news = connectionNews(a);
    await a.publish('kept', 'old', { qos: 1, retain: true });
    await a.publish('kept', 'new', { qos: 1, retain: true });
    await a.publish('cleared', 'x', { qos: 1, retain: true });
    await a.publish('cleared', '', { qos: 1, retain: true });
    await bus().stop();
    await bus().start();
    expect(await news.take(2)).to.deep.equal([false, true]);
    const b = await connect('b');
    const inbox = await openInbox(b, '#');
    await b.publish('end', 'here', { qos: 1 });
    const texts = (await inbox.take(2)).map(({ topic, payload }) => `${topic} ${payload}`);
    expect(texts).to.have.members(['kept new', 'end here']);
    expect(inbox.waiting()).to.equal(0);
  });
}
