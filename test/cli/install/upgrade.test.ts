import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { install } from '../../../cli/install/install.js';
import { rolesNamed } from '../../../cli/install/roles.js';
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
    await install(recordingHost(folder.path, false), program, rolesNamed(['broker', 'agent']));
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
