// The real command on a tree of its own, with the real systemctl: nothing of this machine is changed.

import { mkdir, readdir, readlink, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { commandOf } from '../../support/commands.js';
import { need } from '../../support/requirements.js';
import { ringtmp, temporaryFolder } from '../ringtmp.js';

/** In the tree as it is here: the services there would start it. */
const PROGRAM = [resolve(import.meta.dirname, '../../../cli/main.js'), process.execPath];
const WANTS = 'etc/systemd/system/multi-user.target.wants';

describe('ringtmp install, upgrade and uninstall', function () {
  this.timeout(20_000);
  const folder = temporaryFolder();
  const inTree = (...args: string[]) => ringtmp([...args, '--root', folder.path]);

  before(function () {
    need(this, commandOf('systemctl', 'systemd'));
  });
  beforeEach(async () => {
    for (const path of PROGRAM) {
      await mkdir(join(folder.path, dirname(path)), { recursive: true });
      await writeFile(join(folder.path, path), '');
    }
  });

  it('let services start with the machine, say so, and do it once', async () => {
    const first = await inTree('install', 'agent', 'broker');
    expect(first.stderr).to.equal('');
    expect(first.stdout).to.include('wrote /etc/systemd/system/ringtmp-agent.service\n');
    expect(first.stdout).to.include('ringtmp-agent.service starts with the machine\n');
    expect((await readdir(join(folder.path, WANTS))).sort()).to.deep.equal([
      'ringtmp-agent.service',
      'ringtmp-broker.service',
      'ringtmp-flash.service',
    ]);
    const link = await readlink(join(folder.path, WANTS, 'ringtmp-agent.service'));
    expect(link).to.equal('/etc/systemd/system/ringtmp-agent.service');
    expect((await stat(join(folder.path, 'etc/ringtmp'))).mode & 0o777).to.equal(0o755);
    const second = await inTree('install', 'agent', 'broker');
    expect(second.stdout).not.to.match(/^(?:wrote|renewed)/m);
    expect((await inTree('upgrade')).code).to.equal(0);
  });

  it('take everything away again, but ask for what is of value', async () => {
    await inTree('install', 'agent', 'master', 'broker');
    await mkdir(join(folder.path, 'var/lib/private/ringtmp-master/runs'), { recursive: true });
    await writeFile(join(folder.path, 'etc/ringtmp/master.key'), 'secret\n');
    const unasked = await inTree('uninstall');
    expect(unasked.code).to.equal(1);
    expect(unasked.stderr).to.include('nobody is here to be asked').and.to.include('--keep-data or --purge');
    const kept = await inTree('uninstall', '--keep-data');
    expect(kept.stdout).to.include('kept /etc/ringtmp/master.key\n').and.to.include('kept /var/lib/ringtmp-master\n');
    expect(await readdir(join(folder.path, 'etc/systemd/system'), { recursive: true })).not.to.match(/ringtmp/);
    expect((await inTree('uninstall', '--purge')).code).to.equal(0);
    expect(await readdir(join(folder.path, 'var/lib'))).to.deep.equal(['private']);
    expect(await readdir(join(folder.path, 'etc'))).not.to.include('ringtmp');
  });

  it('say what is wrong with what they were told', async () => {
    expect((await inTree('install', 'toaster')).stderr).to.match(/Allowed choices are broker, master, agent/);
    expect((await inTree('install')).stderr).to.include("missing required argument 'role'");
    expect((await inTree('uninstall', '--purge', '--keep-data')).stderr).to.include('are opposites');
    const nowhere = await ringtmp(['install', 'agent', '--root', join(folder.path, 'nowhere')]);
    const forced = await inTree('upgrade', '--force', '--wait');
    expect(forced.stderr).to.match(/'--force' cannot be used with .*'--wait'/);
    expect(nowhere.stderr).to.match(/there is no folder .*nowhere\n {2}Name the root of a system/);
  });
});
