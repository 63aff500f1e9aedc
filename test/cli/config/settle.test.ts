// Who has the last word on a setting: the command line, the environment, the file, the default.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { Command, Option } from 'commander';
import { AGENT } from '../../../cli/config/agent-file.js';
import { boardName } from '../../../cli/config/board-name.js';
import { settle, variableOf } from '../../../cli/config/settle.js';
import { withLinks } from '../../../cli/links.js';
import { withFleet, withLogLevel } from '../../../cli/options.js';
import { ConfigurationError } from '../../../errors.js';
import { rejectionOf } from '../../transport/inbox.js';
import { temporaryFolder } from '../ringtmp.js';

describe('the settings of an agent', () => {
  const folder = temporaryFolder();
  const usualFile = (): string => join(folder.path, 'agent.yaml');

  /** Commander reads the variables of its options from the process. */
  async function settled(args: readonly string[], env: Record<string, string> = {}) {
    const command = agentCommand();
    Object.assign(process.env, env);
    try {
      await command.parseAsync(args as string[], { from: 'user' });
    } finally {
      for (const name of Object.keys(env)) delete process.env[name];
    }
    await settle(command, { ...AGENT, usualFile: usualFile() }, env);
    return command.opts();
  }

  function agentCommand(): Command {
    const command = new Command('agent')
      .addOption(new Option('--config <file>').env('RINGTMP_CONFIG'))
      .option('--no-config')
      .addOption(new Option('--id <name>').env('RINGTMP_ID'))
      .option('--data <folder...>')
      .action(() => undefined);
    return withLogLevel(withLinks(withFleet(command)));
  }

  it('come from the command line first, then the environment, then the file, then they are defaults', async () => {
    await folder.write('agent.yaml', 'fleet: attic\nlinkPort: 1\nlogLevel: debug\nbroker: mqtt://file\n');
    const args = ['--broker', 'mqtt://line'];
    const options = await settled(args, { RINGTMP_BROKER: 'mqtt://variable', RINGTMP_LINK_PORT: '2' });
    expect(options).to.include({ broker: 'mqtt://line', linkPort: 2, logLevel: 'debug', fleet: 'attic', direct: true });
  });

  it('of the command line are kept also where they are the same as a default', async () => {
    await folder.write('agent.yaml', 'fleet: attic\n');
    expect(await settled(['--fleet', 'home'])).to.include({ fleet: 'home' });
    expect(await settled([], { RINGTMP_FLEET: 'home' })).to.include({ fleet: 'home' });
  });

  it('are as the options would have made them', async () => {
    await folder.write('agent.yaml', 'direct: false\ndata: /srv\nlinkAddress: 10.0.0.7:1884\n');
    expect(await settled([])).to.deep.include({
      direct: false,
      data: ['/srv'],
      linkAddress: { host: '10.0.0.7', port: 1884 },
    });
    expect(await settled(['--data', 'a', 'b'])).to.deep.include({ data: ['a', 'b'] });
  });

  it('that have no option may come from variables, as YAML', async () => {
    await folder.write('agent.yaml', 'sampleHz: 5\ndirect: false\n');
    const env = {
      RINGTMP_SAMPLE_HZ: '50',
      RINGTMP_DIRECT: 'true',
      RINGTMP_POWER: '{idleW: 1, loadW: 2}',
      RINGTMP_DATA: '',
    };
    const options = await settled([], env);
    expect(options).to.deep.include({ sampleHz: 50, direct: true, power: { idleW: 1, loadW: 2 } });
    expect(options).not.to.have.property('data');
    expect(await settled([], { RINGTMP_DATA: '[/a, /b]' })).to.deep.include({ data: ['/a', '/b'] });
    expect(variableOf('blasThreads')).to.equal('RINGTMP_BLAS_THREADS');
  });

  it('name the variable that is wrong', async () => {
    const error = await rejectionOf(settled([], { RINGTMP_SAMPLE_HZ: 'often' }));
    expect(error).to.be.instanceOf(ConfigurationError);
    expect(error.message).to.match(/^environment variable RINGTMP_SAMPLE_HZ: the whole: got "often"/);
    expect(error.remedy).to.include('RINGTMP_SAMPLE_HZ').and.to.include('"sampleHz"');
  });

  it('come from another file, or none', async () => {
    await folder.write('agent.yaml', 'fleet: attic\n');
    const other = await folder.write('other.yaml', 'fleet: cellar\n');
    expect(await settled(['--config', other])).to.include({ fleet: 'cellar' });
    expect(await settled([], { RINGTMP_CONFIG: other })).to.include({ fleet: 'cellar' });
    expect(await settled(['--no-config'], { RINGTMP_CONFIG: other })).to.include({ fleet: 'home' });
    const error = await rejectionOf(settled(['--config', join(folder.path, 'nowhere.yaml')]));
    expect(error.message).to.match(/^there is no agent file .*nowhere\.yaml$/);
    expect(await settled([])).to.include({ fleet: 'attic' });
  });

  it('do without the usual file where there is none', async () => {
    expect(await settled([])).to.include({ fleet: 'home' });
  });

  it('name the board, which is called like its host unless they do', async () => {
    await folder.write('agent.yaml', 'id: kitchen\n');
    expect(await settled([])).to.include({ id: 'kitchen' });
    expect(await settled(['--id', 'cellar'])).to.include({ id: 'cellar' });
    expect(boardName('RaspberryPi.local')).to.equal('raspberrypi');
    expect(() => boardName('Küche'))
      .to.throw(ConfigurationError, /has no name.*"Küche"/)
      .with.property('remedy')
      .that.includes('--id')
      .and.includes('RINGTMP_ID');
  });

  describe('find the password', () => {
    const KEY = 'password\n';

    it('beside the file, and sooner where systemd puts it, unless that is blank', async () => {
      expect(await settled([])).not.to.have.property('passwordFile');
      const beside = await folder.write('agent.key', KEY);
      expect(await settled([])).to.include({ passwordFile: beside });
      const handedOver = join(folder.path, 'credentials');
      await mkdir(handedOver);
      expect(await settled([], { CREDENTIALS_DIRECTORY: handedOver })).to.include({ passwordFile: beside });
      await folder.write('credentials/agent.key', '\n');
      expect(await settled([], { CREDENTIALS_DIRECTORY: handedOver })).to.include({ passwordFile: beside });
      const sooner = await folder.write('credentials/agent.key', KEY);
      expect(await settled([], { CREDENTIALS_DIRECTORY: handedOver })).to.include({ passwordFile: sooner });
    });

    it('where they are told, and not in a file where the environment holds it', async () => {
      await folder.write('agent.key', KEY);
      await folder.write('agent.yaml', 'passwordFile: /its/own.key\n');
      expect(await settled([])).to.include({ passwordFile: '/its/own.key' });
      expect(await settled([], { RINGTMP_PASSWORD_FILE: '/of/variable' })).to.include({ passwordFile: '/of/variable' });
      expect(await settled(['--password-file', '/of/line'])).to.include({ passwordFile: '/of/line' });
      expect(await settled([], { RINGTMP_PASSWORD: 'x' })).not.to.have.property('passwordFile');
    });
  });
});
