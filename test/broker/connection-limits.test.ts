// What ends a connection: packets that are too big, no login in time, more connections than there is room for.

import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { expect } from 'chai';
import { bench, connectPacket, publish, topics } from './support.js';

describe('limits', () => {
  const { broker, client, raw } = bench();

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
