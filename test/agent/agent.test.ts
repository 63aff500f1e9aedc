// An agent's life as others see it: birth, status, telemetry, will, goodbye.

import { availableParallelism } from 'node:os';
import { expect } from 'chai';
import { startAgent } from '../../agent/agent.js';
import { ConfigurationError, ConnectionError } from '../../errors.js';
import { agentInfoSchema, agentStatusSchema, agentTelemetrySchema, parseMessage } from '../../protocol/messages.js';
import { FLEET, hubBus, silent, startTestAgent } from '../support/fleet.js';
import { createMailbox, openInbox, rejectionOf } from '../transport/inbox.js';
import { agentBench, assignment, ID, topics } from './bench.js';

describe('agent', () => {
  const open = agentBench();

  it('is born: says what it is, then that it is there, both retained', async () => {
    const { client } = await open({ memoryBytes: 12_345, version: '1.2.3' });
    const inbox = await openInbox(client, `${topics.agentStatus(ID).slice(0, -'status'.length)}+`);
    const [birth, status] = await inbox.take(2);
    expect(parseMessage(agentInfoSchema, birth?.payload as Buffer)).to.deep.include({
      agent: ID,
      version: '1.2.3',
      engine: 'wasm',
      memoryBytes: 12_345,
      cores: availableParallelism(),
      sensor: null,
      lights: 'simulated',
    });
    expect(parseMessage(agentInfoSchema, birth?.payload as Buffer).gflops).to.be.above(0);
    const { state, boot } = parseMessage(agentStatusSchema, status?.payload as Buffer);
    expect(state).to.equal('online');
    expect(boot).to.be.within(Date.now() - 60_000, Date.now());
  });

  it('leaves a will, and comes back as the same process', async () => {
    const { hub, client } = await open();
    const inbox = await openInbox(client, topics.agentStatus(ID));
    const take = async () => parseMessage(agentStatusSchema, (await inbox.take(1))[0]?.payload as Buffer);
    const before = await take();
    hub.sever(ID);
    expect(await take()).to.include({ state: 'offline', boot: before.boot });
    await hub.restore(ID);
    expect(await take()).to.include({ state: 'online', boot: before.boot });
  });

  it('says goodbye when it is closed', async () => {
    const { client, agent } = await open();
    const inbox = await openInbox(client, topics.agentStatus(ID));
    await inbox.take(1);
    await agent.close();
    const [status] = await inbox.take(1);
    expect(parseMessage(agentStatusSchema, status?.payload as Buffer).state).to.equal('offline');
  });

  it('closes without a broker too', async () => {
    const { hub, agent } = await open();
    hub.stop();
    await agent.close();
  });

  it('tells of itself at a steady pace, and of its node while it holds a position', async () => {
    const { client, ask } = await open({ telemetryMs: 5 });
    const inbox = await openInbox(client, topics.agentTelemetry(ID));
    const next = async () => parseMessage(agentTelemetrySchema, (await inbox.take(1))[0]?.payload as Buffer);
    const free = await next();
    expect(free).to.deep.include({ run: null, position: null, node: null });
    expect(free.rssBytes).to.be.above(1e6);
    expect(free.cpuShare).to.be.at.least(0);
    await ask('assign', assignment());
    let held = await next();
    while (held.run === null) held = await next();
    expect(held).to.include({ run: 'run-1', position: 1 });
    expect(held.node).to.deep.include({ phase: 'idle', seconds: { forward: 0, backward: 0, update: 0 }, bytesIn: 0 });
    expect(held.node?.idleShare).to.equal(1);
  });

  it('shows with its light what it does', async () => {
    const shown = createMailbox<string>();
    const log = { ...silent, info: ({ pattern }: { pattern?: string }) => pattern && shown.put(pattern) };
    const { agent } = await open({ log: log as typeof silent });
    await agent.close();
    expect(await shown.take(2)).to.deep.equal(['idle', 'offline']);
  });

  it('cannot start under a name that is none', async () => {
    const error = await rejectionOf(startTestAgent(hubBus(), 'Pi 1/#'));
    expect(error).to.be.instanceOf(ConfigurationError);
  });

  it('lets go of its connection when it cannot begin', async () => {
    const bus = hubBus();
    const denied = new ConnectionError('denied');
    const connect = async () => {
      const transport = await bus.connect(ID);
      transport.subscribe = () => Promise.reject(denied);
      return transport;
    };
    expect(await rejectionOf(startTestAgent(bus, ID, { connect }))).to.equal(denied);
    // The name is free again.
    await (await bus.connect(ID)).close();
  });

  it('fails where there is no broker', async () => {
    const bus = hubBus();
    bus.hub?.stop();
    const options = { id: ID, fleet: FLEET, version: '0', engine: 'wasm', memoryBytes: 1, telemetryMs: 1 } as const;
    const connect = () => bus.connect(ID);
    const error = await rejectionOf(startAgent({ ...options, connect, log: silent, restart: () => {} }));
    expect(error).to.be.instanceOf(ConnectionError);
  });
});
