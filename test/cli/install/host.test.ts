import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { must, on, openHost } from '../../../cli/install/host.js';
import { rejectionOf } from '../../transport/inbox.js';

const silent = (): void => undefined;
const booted = tmpdir();
const nowhere = join(tmpdir(), 'no-systemd-here');

describe('the machine on which services are installed', () => {
  it('is this one for root under systemd', () => {
    const host = openHost(undefined, silent, { booted, uid: 0 });
    expect(host).to.include({ root: '/', isLive: true });
    expect(on(host, '/etc/ringtmp')).to.equal('/etc/ringtmp');
  });

  it('is not this one without systemd, or for another user', () => {
    expect(() => openHost(undefined, silent, { booted: nowhere, uid: 0 })).to.throw(/systemd does not run here/);
    expect(() => openHost(undefined, silent, { booted, uid: 1000 })).to.throw(/only root may change the services/);
  });

  it('is a tree for anybody, and nothing runs there', () => {
    const host = openHost(tmpdir(), silent, { booted: nowhere, uid: 1000 });
    expect(host.isLive).to.equal(false);
    expect(on(host, '/etc/ringtmp')).to.equal(join(tmpdir(), 'etc/ringtmp'));
  });

  it('tells what a command said that failed', async () => {
    const host = openHost(tmpdir(), silent);
    expect(await host.run('sh', ['-c', 'echo good'])).to.deep.equal({ ok: true, stdout: 'good\n', stderr: '' });
    const error = await rejectionOf(must(host, 'sh', ['-c', 'echo bad >&2; exit 3']));
    expect(error.message).to.equal('sh -c echo bad >&2; exit 3 failed: bad');
    expect((await host.run('no-such-command', [])).ok).to.equal(false);
  });
});
