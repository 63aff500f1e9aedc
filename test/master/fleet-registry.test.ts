// Births and wills, as the registry makes a fleet of them; and what boards may send that is none.

import { expect } from 'chai';
import { TimeoutError } from '../../errors.js';
import { FleetRegistry, type LostBoard } from '../../master/fleet-registry.js';
import { topicsOf } from '../../protocol/topics.js';
import { createHub, type Hub } from '../../transport/in-process.js';
import type { Transport } from '../../transport/transport.js';
import { createMailbox, rejectionOf } from '../transport/inbox.js';

const topics = topicsOf('lab');
const LONG_MS = 60_000;

const infoOf = (agent: string) => ({
  agent,
  version: '1.0.0',
  board: 'a board',
  cores: 4,
  memoryBytes: 1e8,
  engine: 'wasm',
  gflops: 2,
  engineReason: 'WebAssembly SIMD; no blas: libopenblas.so.0 was not found',
  engines: { wasm: 2, plain: 0.5 },
  lacks: { blas: 'libopenblas.so.0 was not found' },
  sensor: null,
  lights: null,
  links: null,
  profile: null,
  dilation: 1,
});

describe('fleet registry', () => {
  let hub: Hub;
  let boards: Transport;
  let master: Transport;
  let registry: FleetRegistry;

  beforeEach(async () => {
    hub = createHub();
    [boards, master] = [await hub.connect({ clientId: 'boards' }), await hub.connect({ clientId: 'master' })];
    registry = new FleetRegistry(master, topics);
    await registry.open();
  });

  afterEach(async () => {
    await registry.close();
    await Promise.all([boards.close(), master.close()]);
  });

  const say = (topic: string, message: object | string) =>
    boards.publish(topic, typeof message === 'string' ? message : JSON.stringify(message), { qos: 1, retain: true });
  const status = (agent: string, state: string, boot = 1) => say(topics.agentStatus(agent), { state, boot, time: 1 });
  const birth = async (agent: string, boot = 1) => {
    await say(topics.agentInfo(agent), infoOf(agent));
    await status(agent, 'online', boot);
  };
  const names = () => registry.online().map(({ agent }) => agent);

  it('knows the boards that are online, sorted by name and number', async () => {
    for (const agent of ['pi-10', 'pi-2', 'lab', 'pi-1']) await birth(agent);
    expect((await registry.waitFor(4, LONG_MS)).map(({ agent }) => agent)).to.deep.equal([
      'lab',
      'pi-1',
      'pi-2',
      'pi-10',
    ]);
    expect((await registry.waitFor(2, 0)).map(({ agent }) => agent)).to.deep.equal(['lab', 'pi-1']);
  });

  it('waits for boards that are still to come', async () => {
    const waiting = registry.waitFor(2, LONG_MS);
    await birth('pi-1');
    await birth('pi-2');
    expect(await waiting).to.have.length(2);
  });

  it('counts a board only when it has said both that it is there and what it is', async () => {
    await status('pi-1', 'online');
    await say(topics.agentInfo('pi-2'), infoOf('pi-2'));
    await birth('pi-3');
    await registry.waitFor(1, LONG_MS);
    expect(names()).to.deep.equal(['pi-3']);
  });

  it('says in time how many boards are missing, and who is there', async () => {
    await birth('pi-1');
    await registry.waitFor(1, LONG_MS);
    const error = await rejectionOf(registry.waitFor(3, 1));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(error.message).to.equal('3 boards are needed, 1 online after 0.001 s (pi-1)');
    expect(error.remedy).to.contain('ringtmp agent');
  });

  it('ends all waits when it is closed', async () => {
    const waiting = rejectionOf(registry.waitFor(1, LONG_MS));
    await registry.close();
    expect((await waiting).message)
      .to.contain('0 online')
      .and.to.contain('(none)');
  });

  it('tells of a board that vanishes, and of one that comes back as another process', async () => {
    const losses = createMailbox<LostBoard>();
    const stop = registry.onLost((lost) => losses.put(lost));
    await birth('pi-1', 1);
    await birth('pi-2', 1);
    await status('pi-1', 'offline', 1);
    await birth('pi-2', 2);
    expect(await losses.take(2)).to.deep.equal([
      { agent: 'pi-1', reason: 'offline' },
      { agent: 'pi-2', reason: 'restarted' },
    ]);
    expect(names()).to.deep.equal(['pi-2']);
    await birth('pi-1', 2);
    expect(await losses.take(1)).to.deep.equal([{ agent: 'pi-1', reason: 'returned' }]);
    await status('pi-1', 'offline', 2);
    await birth('pi-1', 2); // the same process, whose link was cut
    expect(await losses.take(1)).to.deep.equal([{ agent: 'pi-1', reason: 'offline' }]);
    stop();
    await status('pi-1', 'offline', 2);
    await status('pi-2', 'offline', 2);
    await birth('pi-3');
    await registry.waitFor(1, LONG_MS);
    expect(losses.waiting()).to.equal(0);
  });

  it('is not told of one board twice, nor of one that repeats what it said', async () => {
    const losses = createMailbox<LostBoard>();
    registry.onLost((lost) => losses.put(lost));
    await status('pi-1', 'offline');
    await birth('pi-1', 1);
    await birth('pi-1', 1);
    await status('pi-1', 'offline');
    await status('pi-1', 'offline');
    await birth('pi-2');
    await registry.waitFor(1, LONG_MS);
    expect(await losses.take(1)).to.deep.equal([{ agent: 'pi-1', reason: 'offline' }]);
    expect(losses.waiting()).to.equal(0);
  });

  it('tells of a board that died with the broker, and keeps those that are back', async () => {
    const doubting = new FleetRegistry(master, topics, 1);
    await doubting.open();
    const losses = createMailbox<LostBoard>();
    doubting.onLost((lost) => losses.put(lost));
    const survivor = await hub.connect({ clientId: 'pi-1' });
    for (const [topic, message] of [
      [topics.agentInfo('pi-1'), infoOf('pi-1')],
      [topics.agentStatus('pi-1'), { state: 'online', boot: 1, time: 1 }],
    ] as const)
      await survivor.publish(topic, JSON.stringify(message), { qos: 1, retain: true });
    const victim = await hub.connect({ clientId: 'pi-2' });
    await victim.publish(topics.agentInfo('pi-2'), JSON.stringify(infoOf('pi-2')), { qos: 1, retain: true });
    await victim.publish(topics.agentStatus('pi-2'), JSON.stringify({ state: 'online', boot: 1, time: 1 }), {
      qos: 1,
      retain: true,
    });
    await doubting.waitFor(2, LONG_MS);
    hub.stop();
    hub.sever('pi-2'); // no will: the broker is gone
    await hub.start();
    expect(await losses.take(1)).to.deep.equal([{ agent: 'pi-2', reason: 'offline' }]);
    expect(doubting.online().map(({ agent }) => agent)).to.deep.equal(['pi-1']);
    expect(losses.waiting()).to.equal(0);
    await doubting.close();
    await Promise.all([survivor.close(), hub.restore('pi-2').then(() => victim.close())]);
  });

  it('leaves a board that speaks nonsense as it was', async () => {
    await birth('pi-1');
    for (const nonsense of ['', 'no JSON', '[]', '{"state":"asleep"}', { ...infoOf('pi-1'), gflops: -1 }]) {
      await say(topics.agentInfo('pi-1'), nonsense);
      await say(topics.agentStatus('pi-1'), nonsense);
    }
    await birth('pi-2');
    const [first] = await registry.waitFor(2, LONG_MS);
    expect(first).to.deep.equal(infoOf('pi-1'));
  });

  it('does not believe a board that is born under the name of another', async () => {
    await say(topics.agentInfo('pi-1'), infoOf('pi-2'));
    await status('pi-1', 'online');
    await birth('pi-3');
    await registry.waitFor(1, LONG_MS);
    expect(names()).to.deep.equal(['pi-3']);
  });
});
