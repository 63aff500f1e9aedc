import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { ringtmp, temporaryFolder } from './ringtmp.js';

describe('ringtmp credentials', function () {
  this.timeout(20_000);
  const folder = temporaryFolder();
  const credentials = (...args: string[]) => ringtmp(['credentials', ...args], folder.path);

  it('adds clients, prints each password once, lists and removes them', async () => {
    const added = await credentials('add', 'kitchen', '--role', 'agent');
    expect(added.code).to.equal(0);
    expect(added.stdout).to.match(/^[\w-]{32}\n$/);
    expect((await stat(join(folder.path, 'credentials.json'))).mode & 0o777).to.equal(0o600);
    const json = JSON.parse((await credentials('add', 'master', '--role', 'master', '--json')).stdout);
    expect(json).to.include({ id: 'master', role: 'master' }).and.to.have.property('password');

    expect((await credentials('list')).stdout).to.equal('agent     kitchen\nmaster    master\n');
    expect((await credentials('remove', 'kitchen')).code).to.equal(0);
    const list = JSON.parse((await credentials('list', '--json')).stdout);
    expect(list).to.deep.equal({ clients: [{ id: 'master', role: 'master' }] });
  });

  it('refuses a name twice, a stranger, and a role that does not exist', async () => {
    await credentials('add', 'kitchen', '--role', 'agent');
    const twice = await credentials('add', 'kitchen', '--role', 'agent');
    expect(twice.stderr).to.include('Client "kitchen" is already in credentials.json');
    expect(twice.code).to.equal(1);
    expect((await credentials('remove', 'cellar')).stderr).to.include('There is no client "cellar"');
    const role = await credentials('add', 'cellar', '--role', 'king');
    expect(role.stderr).to.include('Allowed choices are master, agent, operator, viewer');
    expect(role.code).to.equal(2);
  });
});
