// Delivery: every byte, in order, to all that subscribed and to nobody else. That something does not arrive is
// shown by what is sent after it and arrives alone, since the order of one sender is kept.

import { expect } from 'chai';
import type { QualityOfService } from '../../../transport/transport.js';
import { openInbox, rejectionOf } from '../../transport/inbox.js';
import type { Subject } from './buses.js';

export function deliveryContract({ connect }: Subject): void {
  for (const qos of [0, 1] as QualityOfService[]) {
    it(`delivers in the order of publishing at QoS ${qos}`, async () => {
      const [a, b] = [await connect('a'), await connect('b')];
      const inbox = await openInbox(b, 'x/y', qos);
      const numbers = Array.from({ length: 300 }, (_, index) => String(index));
      await Promise.all(numbers.map((number) => a.publish('x/y', number, { qos })));
      expect(await inbox.texts(300)).to.deep.equal(numbers);
    });

    it(`keeps every byte of payloads of many sizes at QoS ${qos}`, async () => {
      const [a, b] = [await connect('a'), await connect('b')];
      const inbox = await openInbox(b, 'bytes', qos);
      for (const size of [0, 1, 3, 127, 128, 16_383, 16_384, 65_537, 2 ** 20]) {
        const payload = Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251);
        await a.publish('bytes', payload, { qos });
        const [received] = await inbox.take(1);
        expect(Buffer.compare(received!.payload, payload), `${size} bytes`).to.equal(0);
      }
    });

    it(`needs the payload no longer once publish has resolved at QoS ${qos}`, async () => {
      const [a, b] = [await connect('a'), await connect('b')];
      const inbox = await openInbox(b, 'reused', qos);
      for (const size of [8, 1024, 200_000]) {
        const payload = new Uint8Array(size).fill(1);
        await a.publish('reused', payload, { qos });
        payload.fill(2);
        const [received] = await inbox.take(1);
        expect(
          received!.payload.every((byte) => byte === 1),
          `${size} bytes`,
        ).to.equal(true);
      }
    });
  }

  it('keeps what it was given to own, many at a time and of any size', async () => {
    const [a, b] = [await connect('a'), await connect('b')];
    const inbox = await openInbox(b, 'owned');
    const sizes = Array.from({ length: 40 }, (_, index) => 8 + 1000 * index);
    const sent = sizes.map((size) =>
      a.publish('owned', new Uint8Array(size).fill(size % 251), { qos: 0, owned: true }),
    );
    const received = await inbox.take(sizes.length);
    for (const [index, size] of sizes.entries()) {
      expect(Buffer.compare(received[index]!.payload, new Uint8Array(size).fill(size % 251)), `${size}`).to.equal(0);
    }
    await Promise.all(sent);
  });

  it('delivers to oneself', async () => {
    const a = await connect('a');
    const inbox = await openInbox(a, 'self');
    await a.publish('self', 'hello', { qos: 0 });
    expect(await inbox.texts(1)).to.deep.equal(['hello']);
  });

  it('delivers by wildcards, and what does not match goes elsewhere', async () => {
    const [a, b] = [await connect('a'), await connect('b')];
    const one = await openInbox(b, 'agents/+/status');
    const all = await openInbox(b, 'runs/#');
    for (const topic of ['agents/x/info', 'agents/x/status', 'runs/r/1/forward', 'runs', 'agents/y/status']) {
      await a.publish(topic, topic, { qos: 1 });
    }
    expect(await one.texts(2)).to.deep.equal(['agents/x/status', 'agents/y/status']);
    expect(await all.texts(2)).to.deep.equal(['runs/r/1/forward', 'runs']);
    expect(one.waiting() + all.waiting()).to.equal(0);
  });

  it('delivers once to each of several handlers on one filter', async () => {
    const [a, b] = [await connect('a'), await connect('b')];
    const inboxes = await Promise.all([1, 2, 3].map(() => openInbox(b, 'same')));
    await a.publish('same', 'first', { qos: 1 });
    await a.publish('same', 'second', { qos: 1 });
    for (const inbox of inboxes) expect(await inbox.texts(2)).to.deep.equal(['first', 'second']);
  });

  it('goes on after a handler has failed', async () => {
    const a = await connect('a');
    await a.subscribe('x', () => {
      throw new Error('a faulty handler');
    });
    const inbox = await openInbox(a, 'x');
    await a.publish('x', 'still here', { qos: 1 });
    expect(await inbox.texts(1)).to.deep.equal(['still here']);
  });

  it('stops delivery to a closed subscription, not to its siblings', async () => {
    const [a, b] = [await connect('a'), await connect('b')];
    const [left, stays] = [await openInbox(b, 'x'), await openInbox(b, 'x')];
    await left.subscription.close();
    await a.publish('x', '1', { qos: 1 });
    expect(await stays.texts(1)).to.deep.equal(['1']);
    await Promise.all([stays.subscription.close(), stays.subscription.close()]);
    const other = await openInbox(b, 'x/end');
    await a.publish('x', '2', { qos: 1 });
    await a.publish('x/end', 'end', { qos: 1 });
    await other.take(1);
    expect(left.waiting() + stays.waiting()).to.equal(0);
  });

  it('can subscribe again after the last subscription was closed', async () => {
    const a = await connect('a');
    await (await openInbox(a, 'x')).subscription.close();
    const again = await openInbox(a, 'x');
    await a.publish('x', 'back', { qos: 1 });
    expect(await again.texts(1)).to.deep.equal(['back']);
  });

  it('refuses topics with wildcards and filters that are none', async () => {
    const a = await connect('a');
    expect(await rejectionOf(a.publish('x/+', '', { qos: 0 }))).to.include({ code: 'configuration' });
    expect(await rejectionOf(a.subscribe('x/#/y', () => undefined))).to.include({ code: 'configuration' });
  });
}
