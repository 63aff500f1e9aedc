// The ways in: TCP and WebSocket, ports and addresses that cannot be had, and pages from elsewhere.

import { once } from 'node:events';
import { expect } from 'chai';
import mqtt from 'mqtt';
import { WebSocket } from 'ws';
import { startBroker } from '../../broker/broker.js';
import { ConfigurationError, ConnectionError } from '../../errors.js';
import { bench, closed, connected, connectPacket, inbox, publish, silent, subscribe, topics } from './support.js';

describe('doors', () => {
  const { broker, client, raw } = bench();

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
