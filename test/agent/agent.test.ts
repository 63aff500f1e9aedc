// An agent's life as others see it: birth, status, telemetry, will, goodbye.

import { availableParallelism } from 'node:os';
import { expect } from 'chai';
import { startAgent } from '../../agent/agent.js';
import { ConfigurationError, ConnectionError } from '../../errors.js';
import { simulatedLight } from '../../hardware/lights/simulated-light.js';
import { simulatedSensor } from '../../hardware/power/simulated-sensor.js';
import { agentInfoSchema, agentTelemetrySchema } from '../../protocol/agent-messages.js';
import type { LastFigures } from '../../protocol/assignment.js';
import { encodeFrame } from '../../protocol/frame.js';
import { parseMessage, presenceSchema } from '../../protocol/messages.js';
import type { Transport } from '../../transport/transport.js';
import { FLEET, hubBus, silent } from '../support/bus.js';
import { startTestAgent } from '../support/fleet.js';
import { deepRun, specOf } from '../support/specs.js';
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
    const { state, boot } = parseMessage(presenceSchema, status?.payload as Buffer);
    expect(state).to.equal('online');
    expect(boot).to.be.within(Date.now() - 60_000, Date.now());
  });

  it('leaves a will, and comes back as the same process', async () => {
    const { hub, client } = await open();
    const inbox = await openInbox(client, topics.agentStatus(ID));
    const take = async () => parseMessage(presenceSchema, (await inbox.take(1))[0]?.payload as Buffer);
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
    expect(parseMessage(presenceSchema, status?.payload as Buffer).state).to.equal('offline');
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
    expect(held.node).to.deep.include({ phase: 'idle', bytesIn: 0 });
    expect(held.node?.seconds).to.deep.equal({ forward: 0, backward: 0, update: 0, serialise: 0 });
    expect(held.peakRssBytes).to.be.at.least(0.9 * held.rssBytes);
    expect(held.node?.idleShare).to.equal(1);
  });

  it('tells its power, names its sensor, and gives its position the joules', async () => {
    let isClosed = false;
    const power = {
      ...simulatedSensor(
        () => 5,
        () => performance.now(),
      ),
      name: 'ina219 on i2c-1 at 0x40',
      source: 'measured' as const,
      close: async () => {
        isClosed = true;
      },
    };
    const { client, ask, agent } = await open({ telemetryMs: 5, power, sampleHz: 200 });
    const births = await openInbox(client, topics.agentInfo(ID));
    expect(parseMessage(agentInfoSchema, (await births.take(1))[0]?.payload as Buffer).sensor).to.equal(power.name);
    const inbox = await openInbox(client, topics.agentTelemetry(ID));
    const next = async () => parseMessage(agentTelemetrySchema, (await inbox.take(1))[0]?.payload as Buffer);
    let told = await next();
    while (!told.power) told = await next();
    expect(told.power).to.deep.include({ source: 'measured', watts: 5, volts: 5.1 });
    const takenMs = performance.now();
    await ask('assign', assignment());
    const { figures } = (await ask('release', { run: 'run-1' })) as LastFigures;
    const seconds = (performance.now() - takenMs) / 1000;
    expect(figures?.energy?.source).to.equal('measured');
    expect(figures?.energy?.joules.idle)
      .to.be.above(0)
      .and.at.most(5 * seconds);
    const answer = (await ask('diagnose')) as { sensor: string; power: { watts: number } };
    expect(answer).to.deep.include({ sensor: power.name });
    expect(answer.power.watts).to.equal(5);
    await agent.close();
    expect(isClosed).to.equal(true);
  });

  it('names the sensor anew that was not there at its birth', async () => {
    const power = {
      ...simulatedSensor(
        () => 5,
        () => performance.now(),
      ),
      name: 'ina219, not there yet',
    };
    const { client } = await open({ power, sampleHz: 200 });
    const births = await openInbox(client, topics.agentInfo(ID));
    const sensorTold = async () => parseMessage(agentInfoSchema, (await births.take(1))[0]?.payload as Buffer).sensor;
    expect(await sensorTold()).to.equal('ina219, not there yet');
    power.name = 'ina219 on i2c-1 at 0x40';
    expect(await sensorTold()).to.equal('ina219 on i2c-1 at 0x40');
  });

  it('closes sensor and light, and says goodbye, also where its position is not released cleanly', async () => {
    const closed: string[] = [];
    const power = {
      ...simulatedSensor(
        () => 5,
        () => performance.now(),
      ),
      close: async () => void closed.push('power'),
    };
    const light = { ...simulatedLight(() => {}), close: async () => void closed.push('light') };
    // What a release calls last.
    const bug = new Error('a bug');
    const info = (_: object, message: string) => {
      if (message === 'position released') throw bug;
    };
    const { client, ask, agent } = await open({ power, light, log: { ...silent, info } });
    const inbox = await openInbox(client, topics.agentStatus(ID));
    await inbox.take(1);
    await ask('assign', assignment());
    expect(await rejectionOf(agent.close())).to.equal(bug);
    expect(closed).to.deep.equal(['power', 'light']);
    const [status] = await inbox.take(1);
    expect(parseMessage(presenceSchema, status?.payload as Buffer).state).to.equal('offline');
  });

  it('shows with its light what it does', async () => {
    const shown = createMailbox<string>();
    const log = { ...silent, info: ({ pattern }: { pattern?: string }) => pattern && shown.put(pattern) };
    const { agent } = await open({ log: log as typeof silent });
    await agent.close();
    expect(await shown.take(2)).to.deep.equal(['idle', 'offline']);
  });

  it('has the light that it is given, dark while it is cut off, and closes it', async () => {
    const shown = createMailbox<string>();
    const light = { ...simulatedLight((pattern) => shown.put(pattern)), name: 'led ringtmp' };
    const { hub, client, agent } = await open({ light });
    const [birth] = await (await openInbox(client, topics.agentInfo(ID))).take(1);
    expect(parseMessage(agentInfoSchema, birth?.payload as Buffer).lights).to.equal('led ringtmp');
    hub.sever(ID);
    await hub.restore(ID);
    await agent.close();
    expect(await shown.take(4)).to.deep.equal(['idle', 'offline', 'idle', 'offline']);
  });

  it('shows an error from the fault of its node until it takes another position', async () => {
    const shown = createMailbox<string>();
    const light = simulatedLight((pattern) => shown.put(pattern));
    const until = async (pattern: string) => {
      let [last] = await shown.take(1);
      while (last !== pattern) [last] = await shown.take(1);
    };
    const { client, ask } = await open({ light, telemetryMs: 5 });
    await until('idle');
    await ask('assign', assignment({ spec: specOf(deepRun()) }));
    const tensor = { shape: [6, 4], data: new Float32Array(24).fill(Number.NaN) };
    const frame = encodeFrame({ run: 'run-1', generation: 0, kind: 'activation', step: 0, micro: 0, tensor });
    await client.publish(topics.data('run-1', 1, 'forward'), frame, { qos: 0 });
    await until('error');
    await ask('release', { run: 'run-1' });
    await ask('assign', assignment());
    await until('idle');
  });

  it('stops when a younger agent has its name, and says so once', async () => {
    const stopped = createMailbox<ConnectionError>();
    const { client } = await open({ stop: (error) => stopped.put(error) });
    const seen = await openInbox(client, topics.agentStatus(ID));
    const say = (status: object | string) => client.publish(topics.agentStatus(ID), JSON.stringify(status), { qos: 1 });
    await say({ state: 'online', boot: 1, time: 1 });
    await say('nonsense');
    await say({ state: 'offline', boot: Date.now() + 1000, time: 1 });
    await say({ state: 'online', boot: Date.now() + 1000, time: 1 });
    const [error] = await stopped.take(1);
    expect(error).to.be.instanceOf(ConnectionError);
    expect(error?.message).to.equal('another agent is called pi-1');
    expect(error?.remedy).to.contain('--id');
    await seen.take(5);
    expect(stopped.waiting()).to.equal(0);
  });

  it('is not put off by what its predecessor left, whatever its clock said', async () => {
    const bus = hubBus();
    const client = await bus.connect('client');
    const before = JSON.stringify({ state: 'offline', boot: Date.now() + 1e9, time: 1 });
    await client.publish(topics.agentStatus(ID), before, { qos: 1, retain: true });
    const stopped = createMailbox<ConnectionError>();
    const agent = await startTestAgent(bus, ID, { stop: (error) => stopped.put(error) });
    await openInbox(client, topics.agentStatus(ID)).then((inbox) => inbox.take(1));
    await agent.close();
    expect(stopped.waiting()).to.equal(0);
  });

  describe('when its master', () => {
    const released = () => {
      const mailbox = createMailbox<string>();
      const info = ({ run }: { run?: string }, message: string) =>
        message === 'position released' && mailbox.put(run ?? '');
      return { mailbox, log: { ...silent, info } as typeof silent };
    };
    const master = (client: Transport, state: string, boot: number) =>
      client.publish(topics.masterStatus(), JSON.stringify({ state, boot, time: 1 }), { qos: 1, retain: true });

    it('is replaced by another, gives its position up', async () => {
      const { mailbox, log } = released();
      const { client, ask } = await open({ log });
      await master(client, 'online', 1);
      await ask('assign', assignment());
      await master(client, 'online', 1);
      expect(await ask('diagnose')).to.have.nested.property('holds.run', 'run-1');
      expect(mailbox.waiting()).to.equal(0);
      await master(client, 'online', 2);
      expect(await mailbox.take(1)).to.deep.equal(['run-1']);
    });

    it('stays away, gives its position up', async () => {
      const { mailbox, log } = released();
      const { client, ask } = await open({ log, masterGraceMs: 1 });
      await master(client, 'online', 1);
      await ask('assign', assignment());
      await master(client, 'offline', 1);
      expect(await mailbox.take(1)).to.deep.equal(['run-1']);
    });
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
    const options = {
      id: ID,
      fleet: FLEET,
      version: '0',
      engine: 'wasm',
      memoryBytes: 1,
      telemetryMs: 1,
      snapshotsFolder: 'none',
    } as const;
    const connect = () => bus.connect(ID);
    const error = await rejectionOf(
      startAgent({ ...options, connect, log: silent, restart: () => {}, stop: () => {} }),
    );
    expect(error).to.be.instanceOf(ConnectionError);
  });
});
