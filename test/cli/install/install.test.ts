// Services installed on a machine that only notes what is done to it, and in a tree by the real command.

import { access, link, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { install } from '../../../cli/install/install.js';
import { rolesNamed } from '../../../cli/install/roles.js';
import { rejectionOf } from '../../transport/inbox.js';
import { temporaryFolder } from '../ringtmp.js';
import { recordingHost } from './recording-host.js';

const program = { folder: resolve(import.meta.dirname, '../../../..'), node: '/opt/node/bin/node' };
const packaged = { folder: '/usr/lib/ringtmp', node: '/usr/bin/node' };
const all = rolesNamed([]);
const agent = rolesNamed(['agent']);

describe('installing services', () => {
  const folder = temporaryFolder();
  const put = async (path: string, text = 'x'): Promise<void> => {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  };
  /** As far as it is looked at. */
  const putProgram = async ({ folder, node }: typeof program): Promise<void> => {
    await put(`${folder}/dist/cli/main.js`);
    await put(node);
  };
  const unit = (name: string) => readFile(join(folder.path, `etc/systemd/system/ringtmp-${name}.service`), 'utf8');

  it('writes units that start this program with this Node', async () => {
    await putProgram(program);
    await install(recordingHost(folder.path, false), program, all);
    for (const name of ['agent', 'broker', 'master', 'flash']) {
      const text = await unit(name);
      expect(text).to.include(`ExecStart=${program.node} `).and.to.include(` ${program.folder}/dist/cli/main.js `);
      expect(text).not.to.include('/usr/lib/ringtmp');
    }
  });

  it('makes groups before devices are theirs and units before they start, whoever is needed first', async () => {
    await put('/etc/ringtmp/agent.yaml');
    await put('/etc/ringtmp/master.key');
    await put('/var/lib/ringtmp-broker/credentials.json');
    const host = recordingHost(folder.path);
    expect(await install(host, program, all)).to.equal(true);
    expect(host.ran).to.deep.equal([
      'systemd-sysusers ringtmp.conf',
      'systemctl daemon-reload',
      'udevadm control --reload',
      'udevadm trigger --action=add --subsystem-match=i2c-dev --subsystem-match=gpio --subsystem-match=leds',
      'systemctl enable --quiet ringtmp-broker.service',
      'systemctl enable --quiet ringtmp-master.service',
      'systemctl enable --quiet ringtmp-flash.service ringtmp-agent.service',
      'systemctl start ringtmp-broker.service',
      'systemctl start ringtmp-master.service',
      'systemctl start ringtmp-flash.service',
      'systemctl start ringtmp-agent.service',
    ]);
  });

  it('starts nothing that has no settings yet, and says what it waits for', async () => {
    const host = recordingHost(folder.path);
    expect(await install(host, program, agent)).to.equal(true);
    expect(host.ran).not.to.include('systemctl start ringtmp-agent.service');
    expect(host.said.at(-1)).to.include('waits for /etc/ringtmp/agent.yaml').and.to.include('ringtmp schema agent');
  });

  it('takes over what was flashed before it looks for settings, and goes on without', async () => {
    const host = recordingHost(folder.path);
    host.answer('systemctl start ringtmp-flash.service', { ok: false, stderr: 'Job failed.\n' });
    const run = host.run;
    const flashed = {
      ...host,
      run: async (command: string, args: readonly string[]) => {
        if (args[0] === 'start') await put('/etc/ringtmp/agent.yaml');
        return run(command, args);
      },
    };
    expect(await install(flashed, program, agent)).to.equal(true);
    expect(host.ran.slice(-2)).to.deep.equal([
      'systemctl start ringtmp-flash.service',
      'systemctl start ringtmp-agent.service',
    ]);
    expect(host.said.join()).to.include('ringtmp-flash.service failed: Job failed.');
  });

  it('says why a service does not run', async () => {
    await put('/etc/ringtmp/agent.yaml');
    const host = recordingHost(folder.path);
    host.answer('systemctl start', { ok: false, stderr: 'Job failed.\n' });
    expect(await install(host, program, agent)).to.equal(false);
    expect(host.said.at(-1)).to.equal(
      'ringtmp-agent.service does not run yet: Job failed.\n  See: journalctl -u ringtmp-agent.service -n 20',
    );
  });

  it('twice writes nothing new, and renews what has changed', async () => {
    const host = () => recordingHost(folder.path, false);
    await putProgram(program);
    await put('/usr/local/bin/node');
    const first = host();
    await install(first, program, agent);
    expect(first.said.filter((line) => line.startsWith('wrote '))).to.have.length(4);
    const second = host();
    await install(second, program, agent);
    expect(second.said.filter((line) => /^(?:wrote|renewed) /.test(line))).to.deep.equal([]);
    const third = host();
    await install(third, { ...program, node: '/usr/local/bin/node' }, agent);
    expect(third.said.filter((line) => line.startsWith('renewed '))).to.have.length(2);
    expect(await unit('agent')).to.include('ExecStart=/usr/local/bin/node ');
  });

  it('replaces a unit as a whole, and leaves one that is masked', async () => {
    const units = join(folder.path, 'etc/systemd/system');
    await putProgram(program);
    await put('/usr/local/bin/node');
    await install(recordingHost(folder.path, false), program, all);
    const before = await unit('agent');
    await link(join(units, 'ringtmp-agent.service'), join(folder.path, 'as-it-was'));
    await rm(join(units, 'ringtmp-broker.service'));
    await symlink('/dev/null', join(units, 'ringtmp-broker.service'));
    const host = recordingHost(folder.path, false);
    await install(host, { ...program, node: '/usr/local/bin/node' }, all);
    expect(await unit('agent')).to.include('ExecStart=/usr/local/bin/node ');
    expect(await readFile(join(folder.path, 'as-it-was'), 'utf8')).to.equal(before);
    expect((await readdir(units)).filter((name) => !name.endsWith('.service'))).to.deep.equal([]);
    expect(await readlink(join(units, 'ringtmp-broker.service'))).to.equal('/dev/null');
    expect(host.said.join()).to.include('ringtmp-broker.service is a link');
  });

  it('gives the broker a folder for its credentials that others cannot read', async () => {
    await install(recordingHost(folder.path), program, rolesNamed(['broker']));
    await access(join(folder.path, 'var/lib/ringtmp-broker'));
  });

  it('leaves the units of the Debian package alone', async () => {
    await put('/usr/lib/systemd/system/ringtmp-agent.service');
    const host = recordingHost(folder.path);
    await install(host, packaged, agent);
    expect(host.said).to.include('the units are those of the Debian package');
    expect(await rejectionOf(access(join(folder.path, 'etc/systemd')))).to.have.property('code', 'ENOENT');
  });

  describe('of the Debian package after those of a copy from npm', () => {
    const AGENT = 'systemctl is-enabled ringtmp-agent.service';
    const isThere = (path: string) =>
      access(join(folder.path, path)).then(
        () => true,
        () => false,
      );
    beforeEach(async () => {
      await putProgram(program);
      await install(recordingHost(folder.path, false), program, all);
      for (const name of ['agent', 'broker', 'master', 'flash']) {
        const shipped = await readFile(join(program.folder, `systemd/ringtmp-${name}.service`), 'utf8');
        await put(`/usr/lib/systemd/system/ringtmp-${name}.service`, shipped);
      }
    });

    it('takes away what hides them, and lets start what did so before', async () => {
      await put('/etc/ringtmp/master.key');
      const host = recordingHost(folder.path);
      host.answer(AGENT, { stdout: 'enabled\n' });
      host.answer('systemctl show --property=LoadState,ActiveState,StatusText ringtmp-master.service', {
        stdout: 'LoadState=loaded\nActiveState=active\n',
      });
      expect(await install(host, packaged, agent)).to.equal(true);
      for (const path of [
        'systemd/system/ringtmp-agent.service',
        'systemd/system/ringtmp-master.service',
        'sysusers.d/ringtmp.conf',
        'udev/rules.d/60-ringtmp.rules',
      ]) {
        expect(await isThere(join('etc', path)), path).to.equal(false);
      }
      expect(host.ran.filter((line) => / (?:reenable|restart) /.test(line))).to.deep.equal([
        'systemctl reenable --quiet ringtmp-agent.service',
        'systemctl restart ringtmp-master.service',
      ]);
    });

    it("leaves an administrator's own unit, and one that is masked", async () => {
      await install(recordingHost(folder.path), packaged, agent);
      await put(
        '/etc/systemd/system/ringtmp-agent.service',
        '[Service]\nExecStart=/usr/bin/node /usr/lib/ringtmp/dist/cli/main.js agent --id me\n',
      );
      await symlink('/dev/null', join(folder.path, 'etc/systemd/system/ringtmp-broker.service'));
      await install(recordingHost(folder.path), packaged, agent);
      expect(await unit('agent')).to.include('--id me');
      expect(await readlink(join(folder.path, 'etc/systemd/system/ringtmp-broker.service'))).to.equal('/dev/null');
    });

    it('changes nothing while a run is on', async () => {
      const host = recordingHost(folder.path);
      host.answer('systemctl show', { stdout: 'LoadState=loaded\nActiveState=active\nStatusText=run digits\n' });
      const error = await rejectionOf(install(host, packaged, agent));
      expect(error.message).to.include('the run digits is on');
      expect(await isThere('etc/systemd/system/ringtmp-agent.service')).to.equal(true);
    });
  });

  it('refuses to let the services of another system start what is not there', async () => {
    const host = recordingHost(folder.path, false);
    const error = await rejectionOf(install(host, program, agent));
    expect(error.message).to.equal(
      `there is no ${program.folder}/dist/cli/main.js in ${folder.path}, and the services there would start it`,
    );
    expect(error).to.have.property('remedy').that.includes('at the same place as here');
    expect(host.ran).to.deep.equal([]);
    await put(`${program.folder}/dist/cli/main.js`);
    expect((await rejectionOf(install(host, program, agent))).message).to.include(`there is no ${program.node} in`);
  });

  const MISPLACED: readonly [string, typeof program, RegExp][] = [
    ['in a home folder', { ...program, folder: '/home/pi/ringtmp' }, /services do not see the home folders/],
    ['run by a Node in a home folder', { ...program, node: '/root/.nvm/node' }, /services do not see the home folders/],
    [
      'under a name that units do not take',
      { ...program, folder: '/opt/ring tmp' },
      /characters that units do not take/,
    ],
  ];
  for (const [where, misplaced, message] of MISPLACED) {
    it(`refuses a program ${where}`, async () => {
      const host = recordingHost(folder.path);
      const error = await rejectionOf(install(host, misplaced, agent));
      expect(error.message).to.match(message);
      expect(host.ran).to.deep.equal([]);
    });
  }

  it('refuses another program than that of the Debian package', async () => {
    await put('/usr/lib/systemd/system/ringtmp-agent.service');
    const error = await rejectionOf(install(recordingHost(folder.path), program, agent));
    expect(error.message).to.include('the Debian package ringtmp is installed, and this is another one');
  });
});
