// The credentials file: what is written can be verified, is nobody else's to read, and faults are named.

import { chown, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { addClient, listClients, openCredentials, removeClient } from '../../broker/credentials.js';
import { ConfigurationError } from '../../errors.js';

async function faultOf(promise: Promise<unknown>): Promise<ConfigurationError> {
  const error = await promise.then(
    () => null,
    (reason) => reason,
  );
  expect(error).to.be.instanceOf(ConfigurationError);
  expect(error.remedy).to.be.a('string');
  return error;
}

describe('credentials', () => {
  let directory: string;
  let path: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ringtmp-credentials-'));
    path = join(directory, 'credentials.json');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('verifies what it has added, with its role', async () => {
    const master = await addClient(path, 'master', 'master');
    const board = await addClient(path, 'board-1', 'agent');
    const store = await openCredentials(path);
    expect(await store.verify('master', master)).to.equal('master');
    expect(await store.verify('board-1', Buffer.from(board))).to.equal('agent');
    expect(await store.verify('board-1', master)).to.equal(null);
    expect(await store.verify('board-1', '')).to.equal(null);
    expect(await store.verify('nobody', board)).to.equal(null);
    expect(await store.knows('board-1')).to.equal(true);
    expect(await store.knows('nobody')).to.equal(false);
  });

  it("are the folder's owner's, though root writes them: a service has a user of its own", async function () {
    if (process.getuid?.() !== 0) this.skip(); // nobody else may give a file away
    await chown(directory, 65_000, 65_001);
    await addClient(path, 'board-1', 'agent');
    expect(await stat(path)).to.include({ uid: 65_000, gid: 65_001 });
  });

  it('keeps no password, lets only the owner read, leaves nothing behind', async () => {
    const password = await addClient(path, 'board-1', 'agent');
    expect(password).to.match(/^[\w-]{32}$/);
    expect(await readFile(path, 'utf8')).not.to.contain(password);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect(await readdir(directory)).to.deep.equal(['credentials.json']);
  });

  it('gives each client another password and salt', async () => {
    const first = await addClient(path, 'a', 'agent');
    const second = await addClient(path, 'b', 'agent');
    const [a, b] = await listClients(path);
    expect(first).not.to.equal(second);
    expect(a?.hash).not.to.equal(b?.hash);
  });

  it('notices changes without being opened again', async () => {
    const password = await addClient(path, 'a', 'agent');
    const store = await openCredentials(path);
    const later = await addClient(path, 'b', 'viewer');
    expect(await store.verify('b', later)).to.equal('viewer');
    await removeClient(path, 'a');
    expect(await store.verify('a', password)).to.equal(null);
  });

  it('refuses a client twice, an odd name, a second master', async () => {
    await addClient(path, 'a', 'agent');
    expect((await faultOf(addClient(path, 'a', 'agent'))).message).to.contain('"a"');
    expect((await faultOf(addClient(path, 'a/#', 'agent'))).message).to.contain('a/#');
    expect((await faultOf(addClient(path, 'boss', 'master'))).message).to.contain('boss');
    expect((await faultOf(addClient(path, 'master', 'agent'))).message).to.contain('master');
    expect((await faultOf(removeClient(path, 'b'))).message).to.contain('"b"');
  });

  it('says what is wrong with a file', async () => {
    expect((await faultOf(openCredentials(path))).message).to.contain(path);
    await writeFile(path, '{');
    expect((await faultOf(openCredentials(path))).message).to.contain('not JSON');
    await writeFile(path, '{"clients":[{"id":"A","role":"agent","hash":"x"}]}');
    const { message } = await faultOf(openCredentials(path));
    expect(message).to.contain('clients.0.id').and.to.contain('clients.0.hash');
    await writeFile(path, '{"clients":[],"more":1}');
    expect((await faultOf(openCredentials(path))).message).to.contain('more');
    const twice = await addedTwice();
    expect((await faultOf(openCredentials(twice))).message).to.contain('twice');
    expect((await faultOf(openCredentials(directory))).message).to.contain('Cannot read');
    expect((await faultOf(addClient(join(directory, 'no', 'file'), 'a', 'agent'))).message).to.contain('Cannot write');
  });

  async function addedTwice(): Promise<string> {
    const file = join(directory, 'twice.json');
    await addClient(file, 'a', 'agent');
    const [client] = await listClients(file);
    await writeFile(file, JSON.stringify({ clients: [client, client] }));
    return file;
  }
});
