// The real command, given bad input: what it says and how it exits.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { createProgram } from '../../cli/program.js';
import { EXAMPLES, ringtmp, temporaryFolder } from './ringtmp.js';

const NOBODY = 'mqtt://127.0.0.1:1';

describe('ringtmp', function () {
  this.timeout(20_000);
  const folder = temporaryFolder();

  it('says what it can do', async () => {
    const { code, stdout } = await ringtmp(['--help']);
    expect(code).to.equal(0);
    for (const name of ['up', 'train', 'watch', 'status', 'broker'])
      expect(stdout).to.match(new RegExp(`^ +${name} `, 'm'));
    expect((await ringtmp(['--version'])).stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it('without a command, or with one that it does not know, exits with 2', async () => {
    expect((await ringtmp([])).code).to.equal(2);
    const { code, stderr } = await ringtmp(['trian']);
    expect(code).to.equal(2);
    expect(stderr).to.include("unknown command 'trian'").and.to.include('Did you mean train?');
  });

  const USAGE: readonly [string, string[], RegExp][] = [
    ['an unknown option', ['status', '--jsno'], /unknown option '--jsno'[\s\S]*Did you mean --json\?/],
    ['no boards', ['up', '--boards', '0'], /'--boards <number>' argument '0' is invalid.*whole number from 1/],
    ['boards that are no number', ['up', '--boards', 'four'], /argument 'four' is invalid/],
    ['a port out of range', ['broker', '--port', '70000'], /whole number from 0 to 65535/],
    ['an agent with a bad name', ['agent', '--id', 'Küche'], /lower-case letters/],
    ['an order that boards do not know', ['board', 'dance', 'kitchen'], /Allowed choices are identify, benchmark/],
    ['an unknown engine', ['agent', '--id', 'a', '--engine', 'gpu'], /Allowed choices are auto, blas, .*wasm, plain/],
  ];
  for (const [what, args, message] of USAGE) {
    it(`with ${what} exits with 2`, async () => {
      const { code, stderr } = await ringtmp(args);
      expect(stderr).to.match(message);
      expect(code).to.equal(2);
    });
  }

  it('without a broker says so, and what to do', async () => {
    const { code, stderr } = await ringtmp(['status', '--broker', NOBODY]);
    expect(code).to.equal(1);
    expect(stderr.split('\n').slice(0, 2)).to.deep.equal([
      `ringtmp: cannot connect to the broker at ${NOBODY}: nothing listens there`,
      '  Start one with `ringtmp broker`, or name it with --broker.',
    ]);
  });

  for (const args of [['agent', '--id', 'kitchen'], ['master'], ['up']]) {
    it(`${args[0]} with a BLAS that there is not says so before anything else`, async () => {
      const { code, stderr } = await ringtmp(args, undefined, {
        RINGTMP_BLAS: '/nowhere/blas.so',
        RINGTMP_BROKER: NOBODY,
      });
      expect(stderr).to.match(
        /^ringtmp: \/nowhere\/blas\.so is no BLAS that can be used: it cannot be loaded .*\n {2}Name/,
      );
      expect(code).to.equal(1);
    });
  }

  it('reports a fault as JSON where JSON was asked for', async () => {
    const { code, stdout, stderr } = await ringtmp(['runs', '--json'], undefined, { RINGTMP_BROKER: NOBODY });
    expect(code).to.equal(1);
    expect(JSON.parse(stdout).error).to.include({ code: 'connection' }).and.to.have.property('remedy');
    expect(stderr).to.equal('');
  });

  for (const args of [['agent', '--id', 'kitchen'], ['master']]) {
    it(`${args[0]} without a broker exits with 1`, async () => {
      const { code, stderr } = await ringtmp([...args, '--broker', NOBODY]);
      expect(stderr).to.include('ringtmp: cannot connect to the broker');
      expect(code).to.equal(1);
    });
  }

  it('names the file that does not exist', async () => {
    for (const command of ['train', 'up']) {
      const { code, stderr } = await ringtmp([command, 'nowhere.yaml'], folder.path);
      expect(stderr).to.include('ringtmp: there is no run file nowhere.yaml');
      expect(code).to.equal(1);
    }
  });

  it('names an unknown key of a run file, and the nearest known one', async () => {
    const file = await folder.write('run.yaml', 'name: x\nlos: softmaxCrossEntropy\n');
    const { code, stderr } = await ringtmp(['train', file]);
    expect(stderr).to.include('los is not a known key, did you mean "loss"?');
    expect(code).to.equal(1);
  });

  it('does not start fewer boards than the run file asks for', async () => {
    const json = JSON.stringify({
      name: 'x',
      data: { source: 'mnist' },
      model: { layers: [{ type: 'dense', units: 10 }] },
    });
    const spec = { ...JSON.parse(json), loss: 'softmaxCrossEntropy', boards: 3 };
    const { code, stderr } = await ringtmp([
      'up',
      '--boards',
      '2',
      await folder.write('run.json', JSON.stringify(spec)),
    ]);
    expect(stderr).to.include('the run file asks for 3 boards, but --boards starts 2');
    expect(code).to.equal(1);
  });

  it('says when the port is in use', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = String((server.address() as AddressInfo).port);
    try {
      const alone = await ringtmp(['broker', '--port', port]);
      expect(alone.stderr).to.include(`Port ${port} on 127.0.0.1 is in use by another program`);
      expect(alone.code).to.equal(1);
      const fleet = await ringtmp(['up', '--port', port], folder.path);
      expect(fleet.stderr).to.include(`broker: Port ${port} on 127.0.0.1 is in use by another program`);
      expect(fleet.code).to.equal(1);
    } finally {
      server.close();
    }
  });

  it('needs credentials for a broker that can be reached from elsewhere', async () => {
    const { code, stderr } = await ringtmp(['broker', '--host', '0.0.0.0', '--port', '0']);
    expect(stderr).to.include('needs credentials').and.to.include('ringtmp credentials add');
    expect(code).to.equal(1);
  });

  it('takes no password that it cannot read', async () => {
    const { code, stderr } = await ringtmp(['agent', '--id', 'kitchen', '--password-file', 'nowhere.key'], folder.path);
    expect(stderr).to.include('cannot read the password file nowhere.key');
    expect(code).to.equal(1);
  });

  it('takes a password in the broker’s URL from the environment alone', async () => {
    const secret = 'mqtt://me:geheim@127.0.0.1:1';
    for (const command of [['status'], ['agent', '--id', 'kitchen']]) {
      const { code, stderr } = await ringtmp([...command, '--broker', secret]);
      expect(stderr).to.include('--broker holds a password').and.to.include('--password-file');
      expect(stderr).to.include('RINGTMP_PASSWORD').and.not.to.include('geheim');
      expect(code).to.equal(1);
    }
    const { stderr } = await ringtmp(['status'], undefined, { RINGTMP_BROKER: secret });
    expect(stderr).to.include(`cannot connect to the broker at ${NOBODY}`);
  });

  it('trains in one process, without a fleet', async () => {
    const file = await folder.write('iris.yaml', tinyRun());
    const { code, stdout, stderr } = await ringtmp(['train', '--local', file, '--json'], folder.path);
    expect(stderr).to.equal('');
    expect(JSON.parse(stdout.trim().split('\n').at(-1) as string).summary).to.include({ state: 'finished' });
    expect(code).to.equal(0);
  });

  it('describes each command with an example', () => {
    const program = createProgram();
    for (const command of program.commands.flatMap((each) => [each, ...each.commands])) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help, command.name()).to.match(/Examples?:\n +\$ (?:sudo )?ringtmp /);
    }
  });
});

function tinyRun(): string {
  const path = join(EXAMPLES, 'data/iris.csv');
  return JSON.stringify({
    name: 'tiny',
    data: { source: 'csv', path, target: 'species' },
    model: { layers: [{ type: 'dense', units: 3 }] },
    loss: 'softmaxCrossEntropy',
    training: { epochs: 2, batch: 20 },
  });
}
