// The files of a master and a broker, as their commands read them.

import { join } from 'node:path';
import { expect } from 'chai';
import { Command } from 'commander';
import { registerBroker } from '../../../cli/commands/broker.js';
import { registerMaster } from '../../../cli/commands/master.js';
import { BROKER } from '../../../cli/config/broker-file.js';
import { MASTER } from '../../../cli/config/master-file.js';
import { readSettings, type SettingsKind } from '../../../cli/config/settings-file.js';
import { settle } from '../../../cli/config/settle.js';
import { ConfigurationError } from '../../../errors.js';
import { rejectionOf } from '../../transport/inbox.js';
import { EXAMPLES, ringtmp, temporaryFolder } from '../ringtmp.js';

const COMMANDS = { master: registerMaster, broker: registerBroker };

function commandOf(service: keyof typeof COMMANDS): Command {
  const program = new Command();
  COMMANDS[service](program);
  return program.commands[0] as Command;
}

describe('the settings of a service', function () {
  this.timeout(30_000);
  const folder = temporaryFolder();

  /** Without what commander reads from the process: tests of `settle` show that. */
  async function settled(kind: SettingsKind, args: readonly string[], env: Record<string, string> = {}) {
    const command = commandOf(kind.service as keyof typeof COMMANDS);
    command.parseOptions(['--config', join(folder.path, 'settings.yaml'), ...args]);
    await settle(command, kind, env);
    return command.opts();
  }

  for (const kind of [MASTER, BROKER] as readonly SettingsKind[]) {
    const { service } = kind;

    it(`of the ${service} are options of its command, each of them`, () => {
      const options = commandOf(service as keyof typeof COMMANDS).options.map((option) => option.attributeName());
      expect(options).to.include.members(Object.keys(kind.schema.shape).filter((key) => key !== '$schema'));
    });

    it(`of the ${service} are as in the example`, async () => {
      expect(await readSettings(kind, join(EXAMPLES, `${service}.yaml`))).to.include({ fleet: 'home' });
    });

    it(`of the ${service} that are wrong are refused by its command, with the file, the key, the value and what to do`, async () => {
      const path = await folder.write('settings.yaml', 'fleet: Küche\nlogLevle: info\n');
      const { code, stderr } = await ringtmp([service, '--config', path], folder.path);
      expect(code).to.equal(1);
      expect(stderr)
        .to.include(`${service} file ${path}`)
        .and.to.match(/fleet: got "Küche"/);
      expect(stderr).to.include('did you mean "logLevel"').and.to.include(`ringtmp schema ${service}`);
    });
  }

  it('of a master come from the command line, the environment, its file, its service, a default', async () => {
    await folder.write('settings.yaml', 'broker: mqtt://file\nfleet: attic\nwait: 30\nruns: r\n');
    const env = { STATE_DIRECTORY: '/var/lib/m', RINGTMP_WAIT: '40' };
    expect(await settled(MASTER, ['--fleet', 'line'], env)).to.deep.include({
      fleet: 'line',
      wait: 40,
      broker: 'mqtt://file',
      runs: join(folder.path, 'r'),
      data: ['/var/lib/m/data'],
      linkPort: 0,
    });
    await folder.write('settings.yaml', '');
    expect(await settled(MASTER, [], env)).to.include({ runs: '/var/lib/m/runs' });
    expect(await settled(MASTER, [])).to.include({ runs: 'runs', wait: 10 });
  });

  it('of a master find its password, and hold none', async () => {
    await folder.write('settings.yaml', '');
    const beside = await folder.write('master.key', 'password\n');
    expect(await settled(MASTER, [])).to.include({ passwordFile: beside });
    expect(await settled(MASTER, [], { RINGTMP_PASSWORD: 'x' })).not.to.have.property('passwordFile');
    expect(await settled(MASTER, ['--password-file', 'a'])).to.include({ passwordFile: 'a' });
    await folder.write('settings.yaml', 'broker: mqtt://master:geheim@10.0.0.2\n');
    const error = await rejectionOf(settled(MASTER, []));
    expect(error).to.be.instanceOf(ConfigurationError);
    expect(error.message).to.include('holds a password').and.not.to.include('geheim');
  });

  it('of a broker come from the command line, the environment, its file, its service, a default', async () => {
    await folder.write('settings.yaml', 'port: 1\nwsPort: 2\ncredentials: c.json\nanonymousOperator: true\n');
    const env = { STATE_DIRECTORY: '/var/lib/b', RINGTMP_WS_PORT: '3' };
    expect(await settled(BROKER, ['--port', '0'], env)).to.deep.include({
      port: 0,
      wsPort: 3,
      credentials: join(folder.path, 'c.json'),
      anonymousOperator: true,
      host: '0.0.0.0',
      fleet: 'home',
    });
    await folder.write('settings.yaml', 'host: 10.0.0.2\n');
    const inService = { host: '10.0.0.2', credentials: '/var/lib/b/credentials.json', port: 1883 };
    expect(await settled(BROKER, [], env)).to.include(inService);
    await folder.write('settings.yaml', '');
    expect(await settled(BROKER, []))
      .to.include({ host: '127.0.0.1' })
      .and.not.to.have.property('credentials');
    expect(await settled(BROKER, ['--no-config'], env)).to.include({ host: '127.0.0.1' });
  });
});
