import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { install } from '../../../cli/install/install.js';
import { rolesNamed } from '../../../cli/install/roles.js';
import { uninstall } from '../../../cli/install/uninstall.js';
import { rejectionOf } from '../../transport/inbox.js';
import { temporaryFolder } from '../ringtmp.js';
import { recordingHost } from './recording-host.js';

const program = { folder: resolve(import.meta.dirname, '../../../..'), node: '/opt/node/bin/node' };
const all = rolesNamed([]);
const never = async (): Promise<boolean> => {
  throw new Error('asked');
};

describe('uninstalling services', () => {
  const folder = temporaryFolder();
  const at = (path: string) => join(folder.path, path);
  const put = async (path: string): Promise<void> => {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), 'x');
  };
  const isThere = (path: string) =>
    access(at(path)).then(
      () => true,
      () => false,
    );
  const filesLeft = async () => {
    const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory());
    return files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  };

  it('stops the services and leaves no file; with nothing of value nobody is asked', async () => {
    await install(recordingHost(folder.path), program, rolesNamed(['agent', 'master']));
    const host = recordingHost(folder.path);
    const run = host.run;
    host.answer('systemctl is-active ringtmp-agent.service', { stdout: 'active\n' });
    const stoppable = {
      ...host,
      run: async (command: string, args: readonly string[]) => {
        if (args.join(' ') === 'stop ringtmp-agent.service')
          host.answer('systemctl is-active', { ok: false, stdout: 'inactive\n' });
        return run(command, args);
      },
    };
    await uninstall(stoppable, all, never);
    expect(host.ran.filter((line) => line.includes('agent') || line.includes('flash'))).to.deep.equal([
      'systemctl is-active ringtmp-agent.service',
      'systemctl stop ringtmp-agent.service',
      'systemctl is-active ringtmp-agent.service',
      'systemctl disable --quiet ringtmp-agent.service',
      'systemctl is-enabled ringtmp-agent.service',
      'systemctl is-active ringtmp-flash.service',
      'systemctl disable --quiet ringtmp-flash.service',
      'systemctl is-enabled ringtmp-flash.service',
    ]);
    expect(host.said.filter((line) => line.startsWith('stopped '))).to.deep.equal(['stopped ringtmp-agent.service']);
    expect(host.ran.at(-3)).to.equal('systemctl daemon-reload');
    expect(await filesLeft()).to.deep.equal([]);
  });

  it('says what it cannot stop or disable, and deletes nothing then', async () => {
    await install(recordingHost(folder.path), program, all);
    await put('etc/ringtmp/agent.yaml');
    const host = recordingHost(folder.path);
    host.answer('systemctl is-active ringtmp-agent.service', { stdout: 'deactivating\n' });
    host.answer('systemctl stop', { ok: false, stderr: 'Job canceled.\n' });
    const running = await rejectionOf(uninstall(host, rolesNamed(['agent']), async () => true));
    expect(running.message).to.equal('ringtmp-agent.service still runs: Job canceled.');
    expect(running).to.have.property('remedy').that.includes('journalctl -u ringtmp-agent.service');
    host.answer('systemctl is-active', { ok: false, stdout: 'inactive\n' });
    host.answer('systemctl disable', { ok: false, stderr: 'Access denied\n' });
    host.answer('systemctl is-enabled ringtmp-agent.service', { stdout: 'enabled\n' });
    const enabled = await rejectionOf(uninstall(host, rolesNamed(['agent']), async () => true));
    expect(enabled.message).to.equal('ringtmp-agent.service would start with the machine again: Access denied');
    expect(host.said).to.deep.equal([]);
    expect(await isThere('etc/ringtmp/agent.yaml')).to.equal(true);
    expect(await isThere('etc/systemd/system/ringtmp-agent.service')).to.equal(true);
  });

  it('deletes settings and data only when it may', async () => {
    await put('etc/ringtmp/agent.yaml');
    await put('var/lib/private/ringtmp-master/runs/digits/model.safetensors');
    const host = recordingHost(folder.path);
    await uninstall(host, all, async () => false);
    expect(host.said).to.include('kept /etc/ringtmp/agent.yaml');
    expect(await filesLeft()).to.have.length(2);
    const asked: string[] = [];
    await uninstall(host, all, async (paths) => {
      asked.push(...paths);
      return true;
    });
    expect(asked).to.deep.equal(['/var/lib/ringtmp-master', '/etc/ringtmp/agent.yaml']);
    expect(await filesLeft()).to.deep.equal([]);
    expect(await isThere('etc/ringtmp')).to.equal(false);
  });

  it("leaves another role's files, settings and data", async () => {
    await install(recordingHost(folder.path), program, all);
    await put('etc/ringtmp/agent.yaml');
    await put('etc/ringtmp/master.key');
    await uninstall(recordingHost(folder.path), rolesNamed(['master']), async () => true);
    expect(await isThere('etc/ringtmp/agent.yaml')).to.equal(true);
    expect(await isThere('etc/systemd/system/ringtmp-agent.service')).to.equal(true);
    expect(await isThere('etc/ringtmp/master.key')).to.equal(false);
  });

  it("says how the Debian package's files go", async () => {
    await put('usr/lib/systemd/system/ringtmp-agent.service');
    const host = recordingHost(folder.path);
    await uninstall(host, all, never);
    expect(host.said.at(-1)).to.include('sudo apt remove ringtmp');
    expect(await isThere('usr/lib/systemd/system/ringtmp-agent.service')).to.equal(true);
  });

  it('takes away what a copy from npm has left in the place of the package', async () => {
    await install(recordingHost(folder.path), program, all);
    await put('usr/lib/systemd/system/ringtmp-agent.service');
    await uninstall(recordingHost(folder.path), rolesNamed(['agent']), never);
    expect(await filesLeft()).to.deep.equal([
      at('etc/systemd/system/ringtmp-broker.service'),
      at('etc/systemd/system/ringtmp-master.service'),
      at('usr/lib/systemd/system/ringtmp-agent.service'),
    ]);
  });
});
