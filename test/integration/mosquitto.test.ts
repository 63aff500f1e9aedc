// The fleet in the hands of a foreign MQTT client: mosquitto_pub starts and stops runs, mosquitto_sub
// follows them and takes a frame off the wire; and a board with a login of its own sees no other's.

import { join } from 'node:path';
import { expect } from 'chai';
import { type Broker, startBroker } from '../../broker/broker.js';
import { addClient, openCredentials } from '../../broker/credentials.js';
import { MASTER_ID, type Role } from '../../broker/roles.js';
import { parseMessage } from '../../protocol/messages.js';
import { type RunStatus, runStatusSchema } from '../../protocol/run-messages.js';
import { decodeSafetensors } from '../../protocol/safetensors.js';
import { topicsOf } from '../../protocol/topics.js';
import { connectMqtt } from '../../transport/mqtt.js';
import { TemporaryFolder } from '../data/files.js';
import { FLEET, silent } from '../support/bus.js';
import { type Fleet, startFleet } from '../support/fleet.js';
import { type Login, MOSQUITTO, type Mosquitto, mosquitto } from '../support/mosquitto.js';
import { need } from '../support/requirements.js';
import { smallRun } from '../support/specs.js';
import { openInbox } from '../transport/inbox.js';

const topics = topicsOf(FLEET);
const ROLES: Readonly<Record<string, Role>> = {
  [MASTER_ID]: 'master',
  operator: 'operator',
  someone: 'operator',
  'pi-1': 'agent',
  'pi-2': 'agent',
  stranger: 'agent',
};

describe('mosquitto_pub and mosquitto_sub', () => {
  const logins = new Map<string, Login>();
  let folder: TemporaryFolder;
  let broker: Broker;
  let fleet: Fleet;
  let tools: Mosquitto;

  before(async function () {
    need(this, MOSQUITTO);
    folder = await TemporaryFolder.create();
    const file = join(folder.path, 'credentials.json');
    for (const [name, role] of Object.entries(ROLES)) {
      logins.set(name, { name, password: await addClient(file, name, role) });
    }
    broker = await startBroker({
      fleet: FLEET,
      port: 0,
      log: silent,
      anonymousOnLoopback: null,
      credentials: await openCredentials(file),
    });
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const bus = {
      connect: (clientId: string, will?: Parameters<typeof connectMqtt>[0]['will']) => {
        return connectMqtt({ url, clientId, username: clientId, password: login(clientId).password, will });
      },
      close: () => broker.close(),
    };
    fleet = await startFleet({ agents: 2, bus });
    tools = mosquitto(broker.port);
  });

  after(async () => {
    tools?.close();
    await fleet?.close();
    await folder?.remove();
  });

  const login = (name: string) => logins.get(name) as Login;
  const someone = () => login('someone');

  /** Follows the runs of this name until one is as wanted. */
  async function follow(name: string, isWanted: (status: RunStatus) => boolean): Promise<RunStatus> {
    for await (const line of tools.follow(someone(), topics.runStatus('+'))) {
      const status = parseMessage(runStatusSchema, Buffer.from(line));
      if (status.run.startsWith(`${name}-`) && isWanted(status)) return status;
    }
    throw new Error('mosquitto_sub ended');
  }

  function train(name: string, training: object) {
    const request = { id: `train-${name}`, spec: smallRun(training, { name }) };
    return tools.publish(someone(), topics.masterRequest('train'), JSON.stringify(request));
  }

  it('train a model', async () => {
    expect(await train('published', { epochs: 3 })).to.include({ code: 0, stderr: '' });
    const status = await follow(
      'published',
      ({ state }) => state !== 'planning' && state !== 'running' && state !== 'collecting',
    );
    expect(status).to.include({ state: 'finished', step: 30, error: null });
    expect(status.evaluation?.samples).to.equal(30);
  });

  it('take a frame off the wire that any reader of safetensors opens', async () => {
    await train('endless', { epochs: 1_000_000 });
    const { run } = await follow('endless', ({ state }) => state === 'running');
    const { code, stdout } = await tools.subscribe(someone(), topics.data(run, 2, 'forward'), '-N', '-C', '1');
    expect(code).to.equal(0);
    const { metadata, tensors } = decodeSafetensors(stdout);
    expect(metadata).to.include({ run, generation: '0' });
    expect(metadata.kind).to.be.oneOf(['activation', 'eval']);
    expect(tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).to.deep.equal([
      { name: 'data', dtype: 'F32', shape: [4, 8] },
    ]);
    await tools.publish(someone(), topics.masterRequest('stop'), JSON.stringify({ id: 'stop', run }));
    expect((await follow('endless', ({ state }) => state === 'stopped')).step).to.be.above(0);
  });

  it('give a strange board nothing of what is not its own', async () => {
    await train('private', { epochs: 1_000_000 });
    const { run } = await follow('private', ({ state }) => state === 'running');
    for (const topic of [
      topics.data(run, 1, 'forward'),
      topics.data(run, '+', 'backward'),
      topics.runEvents(run),
      topics.agentRequest('pi-1', '+'),
      topics.agentTelemetry('pi-1'),
      topics.all(),
    ]) {
      const { stdout, stderr } = await tools.subscribe(login('stranger'), topic, '-C', '1');
      expect(stderr, topic).to.match(/denied/i);
      expect(stdout.length, topic).to.equal(0);
    }

    // What it sends to others goes nowhere: the operator, who may see everything, sees only what comes after.
    const data = await openInbox(fleet.operator, topics.data(run, 1, 'weights'));
    const status = await openInbox(fleet.operator, topics.agentStatus('pi-1'));
    await status.take(1);
    const { dropped, refused } = broker.counts;
    await tools.publish(login('stranger'), topics.data(run, 1, 'weights'), 'nonsense');
    await tools.publish(login('stranger'), topics.agentStatus('pi-1'), '{"state":"offline","boot":1,"time":1}');
    await tools.publish(login('stranger'), topics.masterRequest('stop'), JSON.stringify({ id: 'no', run }));
    expect(broker.counts.dropped).to.be.above(dropped);
    expect(broker.counts.refused).to.be.above(refused);
    await fleet.ask('stop', { run });
    expect(await fleet.ended(run)).to.include({ state: 'stopped', error: null });
    expect([data.waiting(), status.waiting()]).to.deep.equal([0, 0]);
  });

  it('let nobody in with a wrong password', async () => {
    const { code, stderr } = await tools.publish(
      { name: 'someone', password: 'wrong' },
      topics.masterRequest('runs'),
      '{}',
    );
    expect(code).not.to.equal(0);
    expect(stderr).to.match(/not authori[sz]ed|bad user name/i);
  });
});
