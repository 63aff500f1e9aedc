// The broker over real connections: access control, wills, limits, slow readers, both doors.

import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { expect } from 'chai';
import mqtt from 'mqtt';
import { WebSocket } from 'ws';
import { type Broker, startBroker } from '../../broker/broker.js';
import { ConfigurationError, ConnectionError } from '../../errors.js';
import {
  bench,
  closed,
  connected,
  connectPacket,
  inbox,
  publish,
  runStatus,
  silent,
  subscribe,
  subscribePacket,
  topics,
} from './support.js';

const { broker, client, raw } = bench();

async function startRun(to: Broker, boards: string[]): Promise<mqtt.MqttClient> {
  const master = await client(to, 'master');
  await publish(master, topics.runStatus('r'), runStatus(boards), true);
  return master;
}

describe('access control', () => {
  it('an agent that publishes as another gets cut off, and its neighbour through', async () => {
    const to = await broker();
    const watcher = await client(to, null);
    const box = inbox(watcher);
    await subscribe(watcher, topics.all());
    const stranger = await client(to, 'stranger');
    const board = await client(to, 'board');
    expect(await publish(stranger, topics.agentStatus('board'), 'forged')).to.equal('ended');
    expect(await publish(board, topics.agentStatus('board'), 'true')).to.equal('acknowledged');
    await box.until(1);
    expect(box.payloads).to.deep.equal(['true']);
    expect(to.counts.refused).to.equal(1);
  });

  it("an agent that subscribes to a stranger's topics gets nothing, its neighbour all", async () => {
    const to = await broker();
    const master = await startRun(to, ['a', 'b']);
    const [a, b, stranger] = await Promise.all(['a', 'b', 'stranger'].map((name) => client(to, name)));
    if (!a || !b || !stranger) throw new Error('not connected');
    for (const filter of [topics.data('r', 1, 'forward'), topics.agentTelemetry('a'), topics.all(), '#', '$SYS/#']) {
      expect(await subscribe(stranger, filter), filter).to.equal(128);
    }
    const nothing = inbox(stranger);
    const box = inbox(a);
    expect(await subscribe(a, topics.data('r', 1, 'forward'))).to.equal(1);
    expect(await subscribe(stranger, topics.masterStatus())).to.equal(1);
    await publish(master, topics.data('r', 1, 'forward'), 'frame');
    await box.until(1);
    await publish(master, topics.masterStatus(), 'end');
    await nothing.until(1);
    expect(nothing.payloads).to.deep.equal(['end']);
    expect(stranger.connected).to.equal(true);
  });

  it('one refused filter does not spoil the others of its packet', async () => {
    const board = await client(await broker(), 'board');
    const granted = await new Promise((resolve) => {
      board.subscribe([topics.masterStatus(), '$SYS/#'], (_error, _granted, packet) => resolve(packet?.granted));
    });
    expect(granted).to.deep.equal([0, 128]);
  });

  it('refuses to keep a command', async () => {
    const to = await broker();
    const tool = await client(to, null);
    expect(await publish(tool, topics.masterRequest('train'), '{}', true)).to.equal('ended');
    const master = await client(to, 'master');
    const box = inbox(master);
    await subscribe(master, topics.masterRequest('+'));
    const other = await client(to, null);
    expect(await publish(other, topics.masterRequest('stop'), 'now')).to.equal('acknowledged');
    await box.until(1);
    expect(box.payloads).to.deep.equal(['now']);
  });

  it('keeps a state for who comes later', async () => {
    const to = await broker();
    const board = await client(to, 'board');
    await publish(board, topics.agentInfo('board'), 'birth', true);
    const tool = await client(to, null);
    const box = inbox(tool);
    await subscribe(tool, topics.agentInfo('+'));
    await box.until(1);
    expect(box.payloads).to.deep.equal(['birth']);
  });

  it('checks a will when it is handed in, and delivers a rightful one', async () => {
    const to = await broker();
    const forged = { topic: topics.agentStatus('other'), payload: Buffer.from('dead'), qos: 1 as const, retain: true };
    const refused = await client(to, 'board', { will: forged }).catch((error) => error);
    expect(refused.code).to.equal(5);
    const kept = { ...forged, topic: topics.agentRequest('board', 'restart') };
    expect((await client(to, 'master', { will: kept }).catch((error) => error)).code).to.equal(5);
    const watcher = await client(to, null);
    const box = inbox(watcher);
    await subscribe(watcher, topics.agentStatus('+'));
    const board = await client(to, 'board', { will: { ...forged, topic: topics.agentStatus('board') } });
    board.stream.destroy();
    await box.until(1);
    expect(box.topics).to.deep.equal([topics.agentStatus('board')]);
  });

  it('keeps nothing for a client that is away', async () => {
    const to = await broker();
    const board = await client(to, 'board', { clean: false });
    await subscribe(board, topics.agentRequest('board', '+'));
    await board.endAsync();
    const tool = await client(to, null);
    await publish(tool, topics.agentRequest('board', 'restart'), 'stale');
    const again = mqtt.connect({
      host: '127.0.0.1',
      port: to.port,
      clientId: 'board',
      username: 'board',
      clean: false,
      reconnectPeriod: 0,
    });
    const isPresent = await new Promise((resolve) => again.once('connect', (packet) => resolve(packet.sessionPresent)));
    expect(isPresent).to.equal(false);
    await again.endAsync(true);
  });
});

describe('generations', () => {
  let now: number;
  beforeEach(() => {
    now = 0;
  });

  it('a frame of an old generation goes nowhere, and its sender stays connected', async () => {
    const to = await broker({ now: () => now, graceMs: 1000 });
    const master = await startRun(to, ['a', 'b']);
    const box = inbox(master);
    await subscribe(master, topics.data('r', 0, 'forward'));
    const b = await client(to, 'b');
    await publish(b, topics.data('r', 0, 'forward'), 'first');
    await publish(master, topics.runStatus('r'), runStatus(['a', 'c'], 2), true);
    await publish(b, topics.data('r', 0, 'forward'), 'in grace');
    now = 1000;
    expect(await publish(b, topics.data('r', 0, 'forward'), 'stale')).to.equal('acknowledged');
    const c = await client(to, 'c');
    await publish(c, topics.data('r', 0, 'forward'), 'second');
    await box.until(3);
    expect(box.payloads).to.deep.equal(['first', 'in grace', 'second']);
    expect(to.counts).to.deep.equal({ dropped: 1, refused: 0, missed: 0 });
    expect(await publish(b, topics.agentStatus('b'))).to.equal('acknowledged');
  });

  it('a board that is replanned away hears no more of the run', async () => {
    const to = await broker({ now: () => now, graceMs: 1000 });
    const master = await startRun(to, ['a', 'b']);
    const a = await client(to, 'a');
    const box = inbox(a);
    await subscribe(a, topics.data('r', 1, 'forward'));
    await subscribe(a, topics.masterStatus());
    await publish(master, topics.data('r', 1, 'forward'), 'mine');
    await publish(master, topics.runStatus('r'), runStatus(['c', 'b'], 2), true);
    now = 1000;
    await publish(master, topics.data('r', 1, 'forward'), 'not mine');
    await publish(master, topics.masterStatus(), 'end');
    await box.until(2);
    expect(box.payloads).to.deep.equal(['mine', 'end']);
  });

  it('after the run nobody but the master writes', async () => {
    const to = await broker({ now: () => now, graceMs: 1000 });
    const master = await startRun(to, ['a']);
    const a = await client(to, 'a');
    await publish(master, topics.runStatus('r'), runStatus(['a'], 1, 'finished'), true);
    now = 1000;
    expect(await publish(a, topics.data('r', 0, 'backward'))).to.equal('acknowledged');
    expect(await publish(a, topics.runEvents('r'))).to.equal('acknowledged');
    expect(to.counts.dropped).to.equal(2);
  });

  it('a board that is back before the plan may subscribe, and hears what the plan then gives it', async () => {
    const to = await broker();
    const [a, b] = [await client(to, 'a'), await client(to, 'b')];
    const [boxA, boxB] = [inbox(a), inbox(b)];
    expect(await subscribe(a, topics.data('r', 1, 'forward'))).to.equal(1);
    expect(await subscribe(b, topics.data('r', 1, 'forward'))).to.equal(1);
    await subscribe(b, topics.masterStatus());
    const master = await startRun(to, ['a', 'b']);
    await publish(master, topics.data('r', 1, 'forward'), 'frame');
    await publish(master, topics.masterStatus(), 'end');
    await Promise.all([boxA.until(1), boxB.until(1)]);
    expect(boxA.payloads).to.deep.equal(['frame']);
    expect(boxB.payloads).to.deep.equal(['end']);
  });

  it("only the master's word counts", async () => {
    const to = await broker();
    const a = await client(to, 'a');
    expect(await publish(a, topics.runStatus('r'), runStatus(['a']))).to.equal('ended');
    const again = await client(to, 'a');
    await publish(again, topics.data('r', 0, 'backward'));
    expect(to.counts.dropped).to.equal(1);
  });
});

describe('limits', () => {
  it('ends a connection at the header of a CONNECT that is too big', async () => {
    const to = await broker();
    const socket = await raw(to);
    socket.write(Buffer.from([0x10, 0x80, 0x80, 0x80, 0x60])); // 200 MB are announced, none is sent
    await once(socket, 'close');
    expect(to.clients).to.equal(0);
  });

  it('ends a connection that begins with something else', async () => {
    const socket = await raw(await broker());
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await once(socket, 'close');
  });

  it('takes a packet up to the limit, and ends the connection beyond', async () => {
    const to = await broker({ maxPacketBytes: 100_000 });
    const master = await client(to, 'master');
    const topic = topics.data('r', 1, 'forward');
    const overhead = 2 + topic.length + 2;
    expect(await publish(master, topic, 'x'.repeat(100_000 - overhead))).to.equal('acknowledged');
    expect(await publish(master, topic, 'x'.repeat(100_001 - overhead))).to.equal('ended');
  });

  it('takes a header that comes byte by byte', async () => {
    const socket = await raw(await broker());
    socket.setNoDelay(true);
    for (const byte of connectPacket('raw')) await new Promise((resolve) => socket.write(Buffer.from([byte]), resolve));
    const [connack] = await once(socket, 'data');
    expect([...connack]).to.deep.equal([0x20, 2, 0, 0]);
  });

  it('does not wait for ever for a login', async () => {
    const to = await broker({ connectTimeoutMs: 20, wsPort: 0 });
    const socket = await raw(to);
    const web = connectSocket(to.wsPort as number, '127.0.0.1');
    await Promise.all([once(socket, 'close'), once(web, 'close')]);
  });

  it('has room for so many connections, and half as many without a login', async () => {
    const to = await broker({ maxConnections: 2 });
    const first = await raw(to);
    const second = await raw(to);
    await once(second, 'close');
    first.write(connectPacket('raw'));
    await once(first, 'data');
    const third = await raw(to);
    third.write(connectPacket('other'));
    await once(third, 'data');
    const fourth = await raw(to);
    await once(fourth, 'close');
    expect(to.clients).to.equal(2);
  });
});

describe('slow readers', () => {
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

describe('doors', () => {
  it('a port in use is an error that names it, and leaves nothing open', async () => {
    const first = await broker();
    const options = { fleet: 'lab', log: silent, anonymousOnLoopback: null };
    const error = await startBroker({ ...options, port: first.port }).catch((reason) => reason);
    expect(error).to.be.instanceOf(ConnectionError);
    expect(error.message).to.contain(`Port ${first.port} on 127.0.0.1`);
    expect(error.remedy).to.contain('another port');
    const other = await startBroker({ ...options, port: 0, wsPort: first.port }).catch((reason) => reason);
    expect(other).to.be.instanceOf(ConnectionError);
  });

  it('an address of another machine is an error', async () => {
    const options = { fleet: 'lab', log: silent, anonymousOnLoopback: null, port: 0 };
    const credentials = { knows: async () => false, verify: async () => null };
    const error = await startBroker({ ...options, host: '203.0.113.9', credentials }).catch((reason) => reason);
    expect(error.message).to.contain('203.0.113.9');
  });

  it('does not open to the network without credentials', async () => {
    const error = await broker({ host: '0.0.0.0' }).catch((reason) => reason);
    expect(error).to.be.instanceOf(ConfigurationError);
    expect(error.remedy).to.contain('ringtmp credentials add');
  });

  it('a port is free again after close, connected clients or not', async () => {
    const first = await startBroker({ fleet: 'lab', port: 0, wsPort: 0, log: silent, anonymousOnLoopback: 'viewer' });
    const tool = await client(first, null);
    const idle = await raw(first);
    const ends = [closed(tool), once(idle, 'close')];
    await first.close();
    await Promise.all(ends);
    const second = await broker({ port: first.port, wsPort: first.wsPort as number });
    expect(second.port).to.equal(first.port);
  });

  it('WebSocket carries what TCP does, under the same limits', async () => {
    const to = await broker({ wsPort: 0, maxPacketBytes: 400_000 });
    const web = mqtt.connect(`ws://127.0.0.1:${to.wsPort}`, { clientId: 'Web-1', reconnectPeriod: 0 });
    await connected(web);
    const box = inbox(web);
    expect(await subscribe(web, topics.all())).to.equal(1);
    const master = await client(to, 'master');
    await publish(master, topics.runMetrics('r'), 'x'.repeat(300_000));
    await box.until(1);
    expect(box.payloads[0]).to.have.length(300_000);
    expect(await publish(web, topics.masterRequest('train'), 'x'.repeat(400_000))).to.equal('ended');
  });

  it('a WebSocket may not bring much before its login', async () => {
    const to = await broker({ wsPort: 0 });
    const web = new WebSocket(`ws://127.0.0.1:${to.wsPort}`, 'mqtt');
    web.on('error', () => {});
    await once(web, 'open');
    web.send(Buffer.alloc(4_000_000));
    await once(web, 'close');
  });

  it('a WebSocket speaks the protocol mqtt, in binary', async () => {
    const to = await broker({ wsPort: 0 });
    const text = new WebSocket(`ws://127.0.0.1:${to.wsPort}`, 'mqtt');
    text.on('error', () => {});
    await once(text, 'open');
    text.send(connectPacket('raw').toString('latin1'));
    await once(text, 'close');
    const answer = await fetch(`http://127.0.0.1:${to.wsPort}/`);
    expect(answer.status).to.equal(426);
  });

  it('a page from elsewhere is not this machine', async () => {
    const to = await broker({ wsPort: 0 });
    const url = `ws://127.0.0.1:${to.wsPort}`;
    const from = (origin: string) => mqtt.connect(url, { reconnectPeriod: 0, wsOptions: { headers: { origin } } });
    const evil = from('https://evil.org');
    const refused = await connected(evil).catch((error) => error);
    expect(refused.code).to.equal(5);
    const own = from('http://localhost:8080');
    await connected(own);
    await own.endAsync(true);
  });
});
