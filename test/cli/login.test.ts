// Brokers, agents and operators as processes of their own, with passwords.

import { expect } from 'chai';
import { type Running, ringtmp, start, temporaryFolder } from './ringtmp.js';

describe('ringtmp broker', function () {
  this.timeout(20_000);
  const folder = temporaryFolder();
  const started: Running[] = [];
  afterEach(async () => {
    for (const { process } of started) process.kill('SIGKILL');
    await Promise.all(started.splice(0).map(({ outcome }) => outcome));
  });

  function begin(...args: string[]): Running {
    const running = start(args, folder.path);
    started.push(running);
    return running;
  }

  /** @returns the broker, and how to name it to others */
  async function broker(...args: string[]): Promise<{ running: Running; address: string[] }> {
    const running = begin('broker', '--port', '0', ...args);
    const { port } = JSON.parse(await running.line(/broker listens/));
    return { running, address: ['--broker', `mqtt://127.0.0.1:${port}`] };
  }

  async function password(id: string, role: string): Promise<string> {
    await ringtmp(['credentials', 'add', id, '--role', role, '--password-file', `${id}.key`], folder.path);
    return `${id}.key`;
  }

  it('lets in who has a password, from a file or the environment, and nobody else', async () => {
    const agentKey = await password('kitchen', 'agent');
    const operatorKey = await password('me', 'operator');
    const { address } = await broker('--credentials', 'credentials.json');
    const status = (args: string[], env = {}) => ringtmp(['status', ...address, ...args], folder.path, env);

    const agent = begin('agent', '--id', 'kitchen', '--engine', 'plain', ...address, '--password-file', agentKey);
    await agent.line(/agent is online/);
    const known = await status(['--user', 'me', '--password-file', operatorKey, '--json']);
    expect(JSON.parse(known.stdout).boards.kitchen.status.state).to.equal('online');

    expect((await status([])).stderr).to.include('this client is not authorized');
    const wrong = await status(['--user', 'me'], { RINGTMP_PASSWORD: 'guessed' });
    expect(wrong.stderr).to.include('user name or password is wrong').and.not.to.include('guessed');
    expect(wrong.code).to.equal(1);
  });

  it('lets in an agent that has all it needs from its file, with the password beside it', async () => {
    await ringtmp(['credentials', 'add', 'kitchen', '--role', 'agent', '--password-file', 'agent.key'], folder.path);
    const { address } = await broker('--credentials', 'credentials.json');
    const settings = { id: 'kitchen', broker: address[1], engine: 'plain', direct: false };
    const file = await folder.write('agent.yaml', JSON.stringify(settings));
    const online = await begin('agent', '--config', file).line(/agent is online/);
    expect(JSON.parse(online)).to.include({ id: 'kitchen', engine: 'plain', links: null });
  });

  it('with credentials takes those without a login for operators only when it is told to', async () => {
    await password('kitchen', 'agent');
    const { address } = await broker('--credentials', 'credentials.json', '--anonymous-operator');
    expect((await ringtmp(['status', ...address], folder.path)).code).to.equal(0);
    const agent = await ringtmp(['agent', '--id', 'kitchen', ...address], folder.path);
    expect(agent.stderr).to.include('user name or password is wrong');
  });

  it('without credentials lets in an operator of this machine', async () => {
    const { address } = await broker();
    expect((await ringtmp(['status', ...address], folder.path)).code).to.equal(0);
  });

  it('ends with 0 when it is told to, and so do an agent and a master', async () => {
    const { running, address } = await broker();
    const agent = begin('agent', '--id', 'kitchen', '--engine', 'plain', ...address);
    const master = begin('master', ...address);
    await Promise.all([agent.line(/agent is online/), master.line(/master is online/)]);
    for (const [service, signal] of [
      [agent, 'SIGINT'],
      [master, 'SIGTERM'],
      [running, 'SIGINT'],
    ] as const) {
      service.process.kill(signal);
      expect((await service.outcome).code).to.equal(0);
    }
  });
});
