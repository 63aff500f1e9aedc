import { readFile, stat } from 'node:fs/promises';
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

  it('writes a password to a new file that only its owner can read', async () => {
    const add = (id: string) => credentials('add', id, '--role', 'agent', '--password-file', 'kitchen.key');
    const added = await add('kitchen');
    expect(added.stdout).to.equal('the password of kitchen is in kitchen.key\n');
    const path = join(folder.path, 'kitchen.key');
    const password = await readFile(path, 'utf8');
    expect(password).to.match(/^[\w-]{32}\n$/);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);

    const again = await add('cellar');
    expect(again.stderr).to.include('kitchen.key exists already');
    expect(again.code).to.equal(1);
    expect(await readFile(path, 'utf8')).to.equal(password);
    expect((await credentials('list')).stdout).to.equal('agent     kitchen\n');
  });

  it('leaves no password file of a client that could not be added', async () => {
    await credentials('add', 'kitchen', '--role', 'agent');
    const twice = await credentials('add', 'kitchen', '--role', 'agent', '--password-file', 'again.key');
    expect(twice.code).to.equal(1);
    expect((await stat(join(folder.path, 'again.key')).catch(() => null)) === null).to.equal(true);
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
