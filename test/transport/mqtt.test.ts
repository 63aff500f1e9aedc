// What is particular to MQTT: refusals, time-outs, rights, reconnects, and the window at the broker.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { AedesOptions } from 'aedes';
import { expect } from 'chai';
import { connectMqtt, type MqttOptions } from '../../transport/mqtt.js';
import type { Transport } from '../../transport/transport.js';
import { type BareBroker, startBareBroker } from '../support/bare-broker.js';
import { connectionNews, createMailbox, openInbox, rejectionOf } from './inbox.js';

type Authenticate = NonNullable<AedesOptions['authenticate']>;

const refuseLogin: Authenticate = (_client, _username, _password, done) => {
  // 4 is "bad user name or password" (MQTT 3.1.1, table 3.1).
  done(Object.assign(new Error('refused'), { returnCode: 4 }), null);
};
const QUICK = { reconnectMinMs: 1, reconnectMaxMs: 10 };

describe('transport over MQTT, in particular', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  async function broker(options?: AedesOptions, protocol?: 'mqtt' | 'ws'): Promise<BareBroker> {
    const started = await startBareBroker(options, protocol);
    cleanUp.push(started.stop);
    return started;
  }

  async function connect(url: string, options: Partial<MqttOptions> = {}): Promise<Transport> {
    const transport = await connectMqtt({ url, clientId: 'a', ...QUICK, ...options });
    cleanUp.push(() => transport.close());
    return transport;
  }

  /** A server that accepts connections, and is no broker. */
  async function server(onConnection: (socket: Socket) => void = () => undefined): Promise<string> {
    const taken: Socket[] = [];
    const listener = createServer((socket) => {
      taken.push(socket);
      onConnection(socket);
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    cleanUp.push(async () => {
      listener.close();
      for (const socket of taken) socket.destroy(); // nobody reads that its peer has gone
    });
    return `mqtt://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  }

  it('rejects when nothing listens, naming the URL, the reason and the remedy, not the password', async () => {
    const { url, stop } = await startBareBroker();
    await stop();
    const error = await rejectionOf(connect(url.replace('//', '//me:secret@')));
    expect(error).to.include({ code: 'connection' });
    expect(error.message).to.equal(`cannot connect to the broker at ${url}: nothing listens there`);
    expect(error.remedy).to.equal('Start one with `ringtmp broker`, or name it with --broker.');
    expect(error.stack).to.not.include('secret');
  });

  it('rejects when nothing listens behind a WebSocket URL', async () => {
    const { url, stop } = await startBareBroker({}, 'ws');
    await stop();
    expect((await rejectionOf(connect(url))).message).to.include('nothing listens there');
  });

  it('rejects an unknown host', async () => {
    const error = await rejectionOf(connect('mqtt://no-such-host.invalid'));
    expect(error).to.include({ code: 'connection' });
    expect(error.message).to.match(/mqtt:\/\/no-such-host\.invalid: the host (is unknown|could not be looked up)/);
  });

  it('rejects when the login is refused at the first connect', async () => {
    const { url } = await broker({ authenticate: refuseLogin });
    const error = await rejectionOf(connect(url, { username: 'me', password: 'secret' }));
    expect(error).to.include({ code: 'connection' });
    expect(error.message).to.match(/user name or password is wrong$/);
    expect(error.remedy).to.match(/^Check the user name and the password/);
  });

  it('rejects when there is no answer in time, and when the other side hangs up', async () => {
    const silent = await rejectionOf(connect(await server(), { connectTimeoutMs: 20 }));
    expect(silent.message).to.match(/connack timeout$/);
    const url = await server((socket) => socket.destroy());
    expect((await rejectionOf(connect(url))).message).to.match(/cannot connect to the broker at/);
  });

  it('gives up the first connect when the signal says so', async () => {
    const url = await server();
    const control = new AbortController();
    const connecting = rejectionOf(connect(url, { signal: control.signal }));
    control.abort(new Error('interrupted'));
    const error = await connecting;
    expect(error).to.include({ code: 'connection' });
    expect(error.message).to.match(/was given up$/);
    expect(await rejectionOf(connect(url, { signal: control.signal }))).to.include({ code: 'connection' });
  });

  it('logs in with the credentials of the URL', async () => {
    const seen: unknown[] = [];
    const { url } = await broker({
      authenticate: (_client, username, password, done) => {
        seen.push(username, password?.toString());
        done(null, true);
      },
    });
    await connect(url.replace('//', '//board-1:p%40ss@'));
    expect(seen).to.deep.equal(['board-1', 'p@ss']);
  });

  it('speaks over WebSockets', async () => {
    const { url } = await broker({}, 'ws');
    const a = await connect(url);
    const inbox = await openInbox(a, 'x');
    const payload = new Uint8Array(300_000).fill(5);
    await a.publish('x', payload, { qos: 0 });
    const [received] = await inbox.take(1);
    expect(Buffer.compare(received!.payload, payload)).to.equal(0);
  });

  it('rejects a denied subscription, and goes on with the others', async () => {
    const { url } = await broker({
      authorizeSubscribe: (_client, subscription, done) => {
        done(null, subscription.topic === 'secret' ? null : subscription);
      },
    });
    const a = await connect(url);
    const inbox = await openInbox(a, 'public');
    const error = await rejectionOf(a.subscribe('secret', () => undefined));
    expect(error).to.include({ code: 'connection' });
    expect(error.message).to.match(/denies the subscription to secret$/);
    await a.publish('public', 'still here', { qos: 1 });
    expect(await inbox.texts(1)).to.deep.equal(['still here']);
  });

  it('ends in an error when the broker hangs up at each attempt to subscribe or to publish', async () => {
    const { url } = await broker({
      authorizeSubscribe: (_client, _subscription, done) => done(new Error('no'), null),
      authorizePublish: (_client, _packet, done) => done(new Error('no')),
    });
    const a = await connect(url);
    expect(await rejectionOf(a.subscribe('x', () => undefined))).to.include({ code: 'connection' });
    expect(await rejectionOf(a.publish('x', 'x', { qos: 1 }))).to.include({ code: 'connection' });
  });

  it('goes on after a login that is refused during a later reconnect', async () => {
    let refusals = 0;
    const options: AedesOptions = {};
    const bare = await broker(options);
    const a = await connect(bare.url);
    const news = connectionNews(a);
    options.authenticate = (...args) => {
      if (++refusals <= 3) refuseLogin(...args);
      else args[3](null, true);
    };
    await bare.stop();
    await bare.start();
    expect(await news.take(2)).to.deep.equal([false, true]);
    expect(refusals).to.equal(4);
  });

  it('draws a delay before each reconnect', async () => {
    const bare = await broker();
    let draws = 0;
    const random = () => {
      draws++;
      return 0;
    };
    const news = connectionNews(await connect(bare.url, { random }));
    for (let round = 1; round <= 3; round++) {
      bare.sever('a');
      await news.take(2);
      expect(draws).to.equal(round);
    }
  });

  it('has no more publishes in flight than the window allows, and none waits for ever', async () => {
    let held = 0;
    let most = 0;
    let arrived = 0;
    const full = createMailbox<() => void>();
    const { url } = await broker({
      authorizePublish: (_client, _packet, done) => {
        arrived++;
        most = Math.max(most, ++held);
        full.put(() => {
          held--;
          done(null);
        });
      },
    });
    const a = await connect(url, { windowMessages: 4 });
    // Small, so that the broker reads many at once and holds as many as it is given.
    const sent = Promise.all(Array.from({ length: 40 }, () => a.publish('x', 'small', { qos: 1 })));
    for (let batch = 0; batch < 10; batch++) for (const release of await full.take(4)) release();
    await sent;
    expect(most).to.equal(4);
    expect(arrived).to.equal(40);
  });

  it('hands over no more at QoS 0 than the network takes, and closes in time though it takes nothing', async () => {
    const accepted = Uint8Array.of(0x20, 2, 0, 0);
    // Never reads on after the CONNECT: what fits is what the kernel's buffers hold.
    const url = await server((socket) => {
      socket.once('data', () => socket.pause().write(accepted));
      cleanUp.push(async () => socket.destroy());
    });
    const a = await connect(url, { windowBytes: 2 ** 20 });
    const payload = new Uint8Array(64 * 1024);
    const sent = Array.from({ length: 3000 }, () => a.publish('x', payload, { qos: 0 }));
    const settled = Promise.allSettled(sent);
    const startedMs = performance.now();
    await a.close();
    expect(performance.now() - startedMs).to.be.below(1200);
    const handedOver = (await settled).filter(({ status }) => status === 'fulfilled').length;
    expect(handedOver).to.be.within(1, 500);
  });

  it('takes leave within a second though the broker acknowledges nothing', async () => {
    const { url } = await broker({
      authorizePublish: (_client, packet, done) => {
        if (packet.topic !== 'unacknowledged') done(null);
      },
    });
    const b = await connect(url, { clientId: 'b' });
    const inbox = await openInbox(b, 'status');
    const a = await connect(url, { will: { topic: 'status', payload: 'offline', qos: 1, retain: false } });
    const pending = rejectionOf(a.publish('unacknowledged', 'x', { qos: 1 }));
    const startedMs = performance.now();
    await a.close();
    expect(performance.now() - startedMs).to.be.below(1200);
    expect(await pending).to.include({ code: 'connection' });
    await b.publish('status', 'left', { qos: 1 });
    expect(await inbox.texts(1)).to.deep.equal(['left']);
  });

  it('closes while it is trying to reconnect', async () => {
    const bare = await broker();
    const a = await connect(bare.url);
    const news = connectionNews(a);
    await bare.stop();
    await news.take(1);
    await a.close();
    expect(news.waiting()).to.equal(0);
  });
});
