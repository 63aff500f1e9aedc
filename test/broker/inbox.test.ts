// An inbox lets in whom it expects, with one topic each, and shows out everybody else.

import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { expect } from 'chai';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { type Inbox, type InboxOptions, openInbox } from '../../broker/inbox.js';
import { MAX_FRAME_BYTES } from '../../protocol/limits.js';
import { createMailbox, rejectionOf } from '../transport/inbox.js';
import { closed, connected, connectPacket, silent } from './support.js';

const INVITED = { login: 'run.1.forward', secret: 'a secret of this link', topic: 'ringtmp/v1/lab/runs/run/2/forward' };

describe('inbox', () => {
  const opened: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });

  async function open(options: Partial<InboxOptions> = {}): Promise<Inbox> {
    const inbox = await openInbox({ host: '127.0.0.1', log: silent, ...options });
    opened.push(() => inbox.close());
    return inbox;
  }

  async function admitting(options: Partial<InboxOptions> = {}) {
    const inbox = await open(options);
    const frames = createMailbox<string>();
    const onFrame = (topic: string, payload: Uint8Array) => frames.put(`${topic} ${Buffer.from(payload)}`);
    return { inbox, frames, admission: await inbox.admit(INVITED, onFrame) };
  }

  async function client({ address }: Inbox, options: IClientOptions = {}): Promise<MqttClient> {
    const { login, secret } = INVITED;
    const credentials = { clientId: login, username: login, password: secret };
    const neighbour = mqtt.connect({ ...address, protocol: 'mqtt', ...credentials, reconnectPeriod: 0, ...options });
    neighbour.on('error', () => {});
    opened.push(() => neighbour.endAsync(true));
    await connected(neighbour);
    return neighbour;
  }

  async function raw({ address }: Inbox): Promise<{ socket: Socket; ended: Promise<unknown> }> {
    const socket = connectSocket(address.port, address.host).on('error', () => {});
    opened.push(async () => socket.destroy());
    const ended = new Promise((resolve) => socket.on('close', resolve).resume());
    await once(socket, 'connect');
    return { socket, ended };
  }

  it('hands on each frame once, whole and in order', async () => {
    const { inbox, frames } = await admitting();
    const neighbour = await client(inbox);
    const texts = ['', 'a', 'b'.repeat(300_000), 'c'];
    for (const text of texts) await neighbour.publishAsync(INVITED.topic, text);
    expect(await frames.take(4)).to.deep.equal(texts.map((text) => `${INVITED.topic} ${text}`));
  });

  for (const [what, options] of [
    ['a wrong secret', { password: 'a secret of another one' }],
    ['no secret', { password: undefined }],
    ['an unknown name', { clientId: 'run.3.forward', username: 'run.3.forward' }],
    ['the name of another', { username: 'run.3.forward' }],
    ['a will', { will: { topic: INVITED.topic, payload: Buffer.from('x'), qos: 0, retain: false } }],
  ] as [string, IClientOptions][]) {
    it(`lets nobody in with ${what}`, async () => {
      const { inbox, frames } = await admitting();
      await rejectionOf(client(inbox, options));
      expect(frames.waiting()).to.equal(0);
    });
  }

  for (const [what, act] of [
    ['publishes to another topic', (it: MqttClient) => it.publish('ringtmp/v1/lab/runs/run/2/backward', 'x')],
    ['publishes to the broker itself', (it: MqttClient) => it.publish('$SYS/x/new/clients', INVITED.login)],
    ['publishes at QoS 1', (it: MqttClient) => it.publish(INVITED.topic, 'x', { qos: 1 })],
    ['publishes at QoS 2', (it: MqttClient) => it.publish(INVITED.topic, 'x', { qos: 2 })],
    ['publishes what should be retained', (it: MqttClient) => it.publish(INVITED.topic, 'x', { retain: true })],
    ['subscribes to everything', (it: MqttClient) => it.subscribe('#', () => {})],
    ['subscribes to its own topic', (it: MqttClient) => it.subscribe(INVITED.topic, () => {})],
    ['sends more than a frame may have', (it: MqttClient) => it.publish(INVITED.topic, Buffer.alloc(MAX_FRAME_BYTES))],
  ] as [string, (client: MqttClient) => void][]) {
    it(`shows out who ${what}`, async () => {
      const { inbox, frames } = await admitting();
      const neighbour = await client(inbox);
      const shownOut = closed(neighbour);
      act(neighbour);
      await shownOut;
      expect(frames.waiting()).to.equal(0);
      await (await client(inbox)).publishAsync(INVITED.topic, 'and the next comes in');
      await frames.take(1);
    });
  }

  it('ends a connection whose first packet is too big, or none', async () => {
    const { inbox } = await admitting();
    for (const bytes of [
      [0x10, 0xff, 0xff, 0x7f],
      [0x30, 0x03, 0, 1, 0x61],
      [...Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ]) {
      const { socket, ended } = await raw(inbox);
      socket.write(Buffer.from(bytes));
      await ended;
    }
  });

  it('ends a connection without a login in time, and takes only so many of them', async () => {
    const { inbox, frames } = await admitting({ connectTimeoutMs: 300 });
    const strangers = await Promise.all(Array.from({ length: 40 }, () => raw(inbox)));
    await Promise.all(strangers.map(({ ended }) => ended));
    await (await client(inbox)).publishAsync(INVITED.topic, 'still here');
    await frames.take(1);
  });

  it('ends each connection while it expects nobody, before and after a run', async () => {
    const inbox = await open();
    await (await raw(inbox)).ended;
    const admission = await inbox.admit(INVITED, () => {});
    await (await client(inbox)).endAsync();
    await admission.close();
    const { socket, ended } = await raw(inbox);
    socket.write(connectPacket(INVITED.login, INVITED.login));
    await ended;
  });

  it('does not hear a guest whose run is over, and shows it out a little later', async () => {
    const { inbox, frames, admission } = await admitting({ graceMs: 100 });
    const neighbour = await client(inbox);
    const shownOut = closed(neighbour);
    await admission.close();
    await neighbour.publishAsync(INVITED.topic, 'too late');
    await shownOut;
    expect(frames.waiting()).to.equal(0);
  });

  it('goes on after a frame that could not be taken in', async () => {
    const inbox = await open();
    const frames = createMailbox<number>();
    await inbox.admit(INVITED, (_, payload) => {
      frames.put(payload.length);
      if (payload.length === 1) throw new Error('a faulty handler');
    });
    const neighbour = await client(inbox);
    await neighbour.publishAsync(INVITED.topic, 'x');
    await neighbour.publishAsync(INVITED.topic, 'xx');
    expect(await frames.take(2)).to.deep.equal([1, 2]);
  });

  it('announces where it is reached from outside, where that is elsewhere', async () => {
    const own = await open();
    expect(own.address.host).to.equal('127.0.0.1');
    const { port } = own.address;
    await own.close();
    const elsewhere = await open({ port, announced: { host: 'router', port: 8_000 } });
    expect(elsewhere.address).to.deep.equal({ host: 'router', port: 8_000 });
    await elsewhere.close();
    expect((await open({ port, announced: { host: 'router', port: 0 } })).address).to.deep.equal({
      host: 'router',
      port,
    });
    expect(await rejectionOf(open({ port }))).to.include({ code: 'connection' });
  });
});
