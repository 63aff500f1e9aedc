// The contract of a transport, held against both implementations. That something does not arrive is
// shown by what is sent after it and arrives alone, since the order of one sender is kept.

import { expect } from 'chai';
import { createHub } from '../../transport/in-process.js';
import { connectMqtt } from '../../transport/mqtt.js';
import type { QualityOfService, Transport, Will } from '../../transport/transport.js';
import { startBareBroker } from '../support/bare-broker.js';
import { connectionNews, openInbox, rejectionOf } from '../transport/inbox.js';

interface ConnectOptions {
  readonly will?: Will;
  readonly windowMessages?: number;
}

/** A bus, and the misfortunes that may befall it. */
interface Bus {
  connect(clientId: string, options?: ConnectOptions): Promise<Transport>;
  /** The client loses its connection without taking leave, and then comes back. */
  sever(clientId: string): Promise<void>;
  /** The bus dies and forgets everything. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

async function mqttBus(): Promise<Bus> {
  const broker = await startBareBroker();
  return {
    connect: (clientId, options) => {
      return connectMqtt({ url: broker.url, clientId, reconnectMinMs: 2, reconnectMaxMs: 20, ...options });
    },
    sever: async (clientId) => broker.sever(clientId),
    stop: broker.stop,
    start: broker.start,
  };
}

async function inProcessBus(): Promise<Bus> {
  const hub = createHub();
  return {
    connect: (clientId, options) => hub.connect({ clientId, ...options }),
    sever: async (clientId) => {
      hub.sever(clientId);
      await hub.restore(clientId);
    },
    stop: async () => hub.stop(),
    start: () => hub.start(),
  };
}

const OFFLINE: Will = { topic: 'a/status', payload: 'offline', qos: 1, retain: true };

for (const [name, createBus] of [
  ['in process', inProcessBus],
  ['over MQTT', mqttBus],
] as const) {
  describe(`transport ${name}`, () => {
    let bus: Bus;
    let opened: Transport[];

    beforeEach(async () => {
      bus = await createBus();
      opened = [];
    });

    afterEach(async () => {
      await Promise.all(opened.map((transport) => transport.close()));
      await bus.stop();
    });

    async function connect(clientId: string, options?: ConnectOptions): Promise<Transport> {
      const transport = await bus.connect(clientId, options);
      opened.push(transport);
      return transport;
    }

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

    it('sends the will of a client that vanishes', async () => {
      const b = await connect('b');
      const inbox = await openInbox(b, 'a/status');
      await connect('a', { will: OFFLINE });
      await bus.sever('a');
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
      await bus.sever('a');
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
      await bus.stop();
      expect(await news.take(1)).to.deep.equal([false]);
      expect(await rejectionOf(a.publish('x', 'lost', { qos: 0 }))).to.include({ code: 'connection' });
      const numbers = ['1', '2', '3', '4', '5'];
      const sent = Promise.all(numbers.map((number) => a.publish('x', number, { qos: 1 })));
      await bus.start();
      await sent;
      expect(await inbox.texts(5)).to.deep.equal(numbers);
    });

    it('subscribes once it is back when asked while offline', async () => {
      const a = await connect('a');
      const news = connectionNews(a);
      await bus.stop();
      await news.take(1);
      const pending = openInbox(a, 'x');
      await bus.start();
      const inbox = await pending;
      await a.publish('x', 'here', { qos: 1 });
      expect(await inbox.texts(1)).to.deep.equal(['here']);
    });

    it('publishes what it retained again to a bus that has forgotten it', async () => {
      const a = await connect('a');
      const news = connectionNews(a);
      await a.publish('kept', 'old', { qos: 1, retain: true });
      await a.publish('kept', 'new', { qos: 1, retain: true });
      await a.publish('cleared', 'x', { qos: 1, retain: true });
      await a.publish('cleared', '', { qos: 1, retain: true });
      await bus.stop();
      await bus.start();
      expect(await news.take(2)).to.deep.equal([false, true]);
      const b = await connect('b');
      const inbox = await openInbox(b, '#');
      await b.publish('end', 'here', { qos: 1 });
      const texts = (await inbox.take(2)).map(({ topic, payload }) => `${topic} ${payload}`);
      expect(texts).to.have.members(['kept new', 'end here']);
      expect(inbox.waiting()).to.equal(0);
    });

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
      await bus.stop();
      await news.take(1);
      const waiting = [a.publish('x', '1', { qos: 1 }), a.publish('x', '2', { qos: 1 }), openInbox(a, 'x')];
      const rejections = Promise.all(waiting.map(rejectionOf));
      await a.close();
      for (const error of await rejections) expect(error).to.include({ code: 'connection' });
    });

    it('refuses topics with wildcards and filters that are none', async () => {
      const a = await connect('a');
      expect(await rejectionOf(a.publish('x/+', '', { qos: 0 }))).to.include({ code: 'configuration' });
      expect(await rejectionOf(a.subscribe('x/#/y', () => undefined))).to.include({ code: 'configuration' });
    });
  });
}
