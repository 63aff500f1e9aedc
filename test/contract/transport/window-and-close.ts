// The window of messages in flight, and the end of a transport: nothing on its way is lost, nobody waits for ever.

import { expect } from 'chai';
import type { QualityOfService } from '../../../transport/transport.js';
import { connectionNews, openInbox, rejectionOf } from '../../transport/inbox.js';
import type { Subject } from './buses.js';

export function windowAndCloseContract({ bus, connect }: Subject): void {
  it('keeps order and loses nothing with a narrow window', async () => {
    const a = await connect('a', { windowMessages: 2 });
    const inbox = await openInbox(a, 'x');
    const numbers = Array.from({ length: 100 }, (_, index) => String(index));
    await Promise.all(numbers.map((number) => a.publish('x', number, { qos: 1 })));
    expect(await inbox.texts(100)).to.deep.equal(numbers);
  });

  it('sends what is in flight before it closes', async () => {
    const [a, b] = [await connect('a', { windowMessages: 2 }), await connect('b')];
    const inbox = await openInbox(b, 'x');
    const numbers = Array.from({ length: 20 }, (_, index) => String(index));
    const sent = numbers.map((number) => a.publish('x', number, { qos: 1 }));
    await a.close();
    await Promise.all(sent);
    expect(await inbox.texts(20)).to.deep.equal(numbers);
  });

  it('rejects everything after close, which may be called twice', async () => {
    const a = await connect('a');
    await Promise.all([a.close(), a.close()]);
    await a.close();
    for (const qos of [0, 1] as QualityOfService[]) {
      expect(await rejectionOf(a.publish('x', 'late', { qos }))).to.include({ code: 'connection' });
    }
    expect(await rejectionOf(a.subscribe('x', () => undefined))).to.include({ code: 'connection' });
  });

  it('turns away who waits for the connection when it closes', async () => {
    const a = await connect('a', { windowMessages: 1 });
    const news = connectionNews(a);
    await bus().stop();
    await news.take(1);
    const waiting = [a.publish('x', '1', { qos: 1 }), a.publish('x', '2', { qos: 1 }), openInbox(a, 'x')];
    const rejections = Promise.all(waiting.map(rejectionOf));
    await a.close();
    for (const error of await rejections) expect(error).to.include({ code: 'connection' });
  });
}
