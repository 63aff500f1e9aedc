// Who may publish and subscribe to what, over real connections: refusals, wills, and what the broker keeps.

import { expect } from 'chai';
import mqtt from 'mqtt';
import { bench, inbox, publish, subscribe, topics } from './support.js';

describe('access control', () => {
  const { broker, client, startRun } = bench();

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
