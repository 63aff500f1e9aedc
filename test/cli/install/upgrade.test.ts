import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { install } from '../../../cli/install/install.js';
import { rolesNamed } from '../../../cli/install/roles.js';
import { waitForNoRun } from '../../../cli/install/runs-on.js';
import { upgrade } from '../../../cli/install/upgrade.js';
import { statusText } from '../../../cli/service-status.js';
import { rejectionOf } from '../../transport/inbox.js';
import { temporaryFolder } from '../ringtmp.js';
import { type RecordingHost, recordingHost } from './recording-host.js';

const program = { folder: resolve(import.meta.dirname, '../../../..'), node: '/opt/node/bin/node' };
const newer = { ...program, node: '/opt/newer-node/bin/node' };

describe('upgrading services', () => {
  const folder = temporaryFolder();
  let host: RecordingHost;

  beforeEach(async () => {
    await install(recordingHost(folder.path), program, rolesNamed(['broker', 'agent']));
    for (const path of ['etc/ringtmp/agent.yaml', 'var/lib/ringtmp-broker/credentials.json']) {
      await mkdir(dirname(join(folder.path, path)), { recursive: true });
      await writeFile(join(folder.path, path), 'x');
    }
    host = recordingHost(folder.path);
  });

  function tells(service: string, active: string, run: string | null = null): void {
    const stdout = `LoadState=loaded\nActiveState=${active}\nStatusText=${statusText(run)}\n`;
    host.answer(`systemctl show --property=LoadState,ActiveState,StatusText ringtmp-${service}.service`, { stdout });
  }
  const restarted = () => host.ran.filter((line) => line.startsWith('systemctl restart'));

  it('renews the units and restarts what runs, the broker first', async () => {
    tells('agent', 'active');
    tells('broker', 'active');
    expect(await upgrade(host, newer, false)).to.equal(true);
    expect(restarted()).to.deep.equal([
      'systemctl restart ringtmp-broker.service',
      'systemctl restart ringtmp-agent.service',
    ]);
    const unit = await readFile(join(folder.path, 'etc/systemd/system/ringtmp-agent.service'), 'utf8');
    expect(unit).to.include('ExecStart=/opt/newer-node/bin/node ');
    expect(host.said.filter((line) => line.startsWith('renewed '))).to.have.length(3);
  });

  for (const busy of ['agent', 'broker']) {
    it(`refuses while the ${busy} tells of a run, and changes nothing; unless forced`, async () => {
      tells('broker', 'active');
      tells('agent', 'active');
      tells(busy, 'active', 'digits-20261121');
      const error = await rejectionOf(upgrade(host, newer, false));
      expect(error.message).to.include('the run digits-20261121 is on').and.to.include(`ringtmp-${busy}.service`);
      expect(error).to.have.property('remedy').that.includes('--force');
      expect(host.ran.every((line) => line.startsWith('systemctl show'))).to.equal(true);
      expect(await upgrade(host, newer, true)).to.equal(true);
      expect(restarted()).to.have.length(2);
    });
  }

  it('adds units that are new in this version, which start with the machine if their service does', async () => {
    const flash = join(folder.path, 'etc/systemd/system/ringtmp-flash.service');
    const text = await readFile(flash, 'utf8');
    await rm(flash);
    await upgrade(host, program, false);
    expect(await readFile(flash, 'utf8')).to.equal(text);
    expect(host.ran.filter((line) => line.startsWith('systemctl enable'))).to.deep.equal([]);
    await rm(flash);
    host.answer('systemctl is-enabled ringtmp-agent.service', { stdout: 'enabled\n' });
    await upgrade(host, program, false);
    expect(host.ran).to.include('systemctl enable --quiet ringtmp-flash.service');
    expect(await rejectionOf(access(join(folder.path, 'etc/systemd/system/ringtmp-master.service')))).to.have.property(
      'code',
      'ENOENT',
    );
  });

  it('waits for the end of a run, if told so', async () => {
    tells('agent', 'active', 'digits');
    let pauses = 0;
    await waitForNoRun(host, async () => {
      pauses += 1;
      if (pauses === 2) tells('agent', 'active');
    });
    expect(pauses).to.equal(2);
    expect(host.said).to.deep.equal(['waits for the end of the run digits']);
  });

  it('leaves a service that was stopped as it is', async () => {
    tells('agent', 'inactive');
    await upgrade(host, newer, false);
    expect(restarted()).to.deep.equal([]);
    expect(host.said).to.include('ringtmp-agent.service did not run, and is left so');
  });

  it('says that a service does not run any more', async () => {
    tells('agent', 'active');
    host.answer('systemctl restart', { ok: false, stderr: 'Job failed.' });
    expect(await upgrade(host, newer, false)).to.equal(false);
  });
});
