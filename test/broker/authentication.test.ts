// Who gets in: through real connections where the machine allows it, else by asking directly.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { IClientOptions } from 'mqtt';
import { authenticate } from '../../broker/authentication.js';
import type { Broker } from '../../broker/broker.js';
import { addClient, type CredentialStore, openCredentials } from '../../broker/credentials.js';
import { isLoopback, isOwnOrigin } from '../../broker/listeners.js';
import type { Role } from '../../broker/roles.js';
import { bench, closed, publish, subscribe, topics } from './support.js';

const { broker, client } = bench();

/** The code of the CONNACK, 0 when let in [MQTT-3.2.2.3]. */
async function codeOf(to: Broker, name: string | null, options: IClientOptions = {}): Promise<number> {
  return client(to, name, options).then(
    () => 0,
    (error) => error.code ?? -1,
  );
}

describe('authentication with credentials', () => {
  let directory: string;
  let credentials: CredentialStore;
  const passwords = new Map<string, string>();

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ringtmp-broker-'));
    const path = join(directory, 'credentials.json');
    const clients: [string, Role][] = [
      ['master', 'master'],
      ['board-1', 'agent'],
      ['screen', 'viewer'],
      ['me', 'operator'],
    ];
    for (const [id, role] of clients) passwords.set(id, await addClient(path, id, role));
    credentials = await openCredentials(path);
  });
  after(() => rm(directory, { recursive: true }));

  function login(name: string): IClientOptions {
    return { password: passwords.get(name) ?? 'none' };
  }

  it('lets in who has the password, with the role of the file', async () => {
    const to = await broker({ credentials });
    const board = await client(to, 'board-1', login('board-1'));
    const screen = await client(to, 'screen', login('screen'));
    expect(to.clients).to.equal(2);
    expect(await publish(board, topics.agentStatus('board-1'))).to.equal('acknowledged');
    expect(await subscribe(screen, topics.agentStatus('+'))).to.equal(1);
    expect(await publish(screen, topics.agentRequest('board-1', 'identify'))).to.equal('ended');
  });

  it('refuses wrong passwords, strangers and borrowed ids', async () => {
    const to = await broker({ credentials });
    expect(await codeOf(to, 'board-1', { password: 'wrong' })).to.equal(4);
    expect(await codeOf(to, 'stranger', { password: 'wrong' })).to.equal(4);
    expect(await codeOf(to, 'board-1', { password: passwords.get('master') as string })).to.equal(4);
    expect(await codeOf(to, 'board-1', { ...login('master'), username: 'master' })).to.equal(5);
    expect(to.clients).to.equal(0);
  });

  it('never lets a stranger take the id of a board, connected or not', async () => {
    const to = await broker({ credentials });
    expect(await codeOf(to, null, { clientId: 'board-1' })).to.equal(2);
    const board = await client(to, 'board-1', login('board-1'));
    expect(await codeOf(to, null, { clientId: 'board-1' })).to.equal(2);
    expect(await codeOf(to, 'board-1', { password: 'wrong' })).to.equal(4);
    expect(await publish(board, topics.agentStatus('board-1'))).to.equal('acknowledged');
  });

  it('a board that connects again takes its own place', async () => {
    const to = await broker({ credentials });
    const old = await client(to, 'board-1', login('board-1'));
    const gone = closed(old);
    const board = await client(to, 'board-1', login('board-1'));
    await gone;
    expect(await publish(board, topics.agentStatus('board-1'))).to.equal('acknowledged');
    expect(to.clients).to.equal(1);
  });

  it('lets a person in with several programs at a time, each with an id of its own', async () => {
    const to = await broker({ credentials });
    const phone = await client(to, 'me', { ...login('me'), clientId: 'auto-1A2B' });
    await client(to, 'me', { ...login('me'), clientId: 'train-9f3c' });
    await client(to, 'me', login('me'));
    expect(to.clients).to.equal(3);
    expect(await publish(phone, topics.masterRequest('stop'))).to.equal('acknowledged');
    expect(await codeOf(to, 'me', { password: 'wrong', clientId: 'auto-1A2B' })).to.equal(4);
    expect(await codeOf(to, 'board-1', { ...login('board-1'), clientId: 'auto' })).to.equal(5);
    expect(await codeOf(to, 'master', { ...login('master'), clientId: 'auto' })).to.equal(5);
    expect(to.clients).to.equal(3);
  });

  it('lets no program of a person take the place of a board, or of somebody else', async () => {
    const to = await broker({ credentials });
    const board = await client(to, 'board-1', login('board-1'));
    const screen = await client(to, 'screen', { ...login('screen'), clientId: 'hall' });
    for (const clientId of ['board-1', 'master', 'screen', 'hall', 'a/b', '#']) {
      expect(await codeOf(to, 'me', { ...login('me'), clientId }), clientId).to.equal(2);
    }
    expect(await codeOf(to, null, { clientId: 'hall' })).to.equal(2);
    expect(await publish(board, topics.agentStatus('board-1'))).to.equal('acknowledged');
    expect(await subscribe(screen, topics.agentStatus('+'))).to.equal(1);
  });

  it('lets no program of a person take the place of an anonymous one', async () => {
    const to = await broker({ credentials });
    const shell = await client(to, null, { clientId: 'mosq-AbC' });
    expect(await codeOf(to, 'me', { ...login('me'), clientId: 'mosq-AbC' })).to.equal(2);
    expect(await publish(shell, topics.masterRequest('stop'))).to.equal('acknowledged');
  });

  it('lets one password make no more than so many connections', async () => {
    const policy = { credentials, anonymousOnLoopback: null, identityOf: () => undefined, countOf: () => 32 };
    const password = Buffer.from(`${login('me').password}`);
    const attempt = { clientId: 'one-more', userName: 'me', password, local: false };
    expect(await authenticate(attempt, policy)).to.include({
      returnCode: 5,
      reason: 'me is connected 32 times already',
    });
    expect(await authenticate({ ...attempt, clientId: 'me' }, policy)).to.include({ role: 'operator' });
    expect(await authenticate(attempt, { ...policy, countOf: () => 31 })).to.include({ role: 'operator' });
  });

  it('gives a program that connects again its own place', async () => {
    const to = await broker({ credentials });
    const gone = closed(await client(to, 'me', { ...login('me'), clientId: 'phone' }));
    await client(to, 'me', { ...login('me'), clientId: 'phone' });
    await gone;
    expect(to.clients).to.equal(1);
  });

  it('lets nobody in while the credentials cannot be read', async () => {
    const fail = async (): Promise<never> => {
      throw new Error('disk on fire');
    };
    const to = await broker({ credentials: { knows: fail, verify: fail } });
    expect(await codeOf(to, 'board-1', login('board-1'))).to.equal(3);
    expect(await codeOf(to, null, { clientId: 'board-1' })).to.equal(3);
  });

  it('refuses the anonymous who come from elsewhere, and lets those in who log in', async () => {
    const policy = {
      credentials,
      anonymousOnLoopback: 'operator',
      identityOf: () => undefined,
      countOf: () => 0,
    } as const;
    const anonymous = { clientId: 'shell', userName: undefined, password: undefined };
    expect(await authenticate({ ...anonymous, local: false }, policy)).to.include({ returnCode: 5 });
    expect(await authenticate({ ...anonymous, local: true }, policy)).to.include({ role: 'operator' });
    const password = Buffer.from(`${login('board-1').password}`);
    const known = { clientId: 'board-1', userName: 'board-1', password, local: false };
    expect(await authenticate(known, policy)).to.include({ id: 'board-1', role: 'agent' });
  });
});

describe('authentication without credentials, for trying out', () => {
  it('believes a name from this machine', async () => {
    const to = await broker();
    const master = await client(to, 'master');
    const board = await client(to, 'board-1');
    expect(await publish(master, topics.masterStatus())).to.equal('acknowledged');
    expect(await publish(board, topics.agentStatus('board-1'))).to.equal('acknowledged');
    expect(await publish(board, topics.masterStatus())).to.equal('ended');
  });

  it('takes a name with a client id of its own for an operator', async () => {
    const to = await broker();
    const shell = await client(to, 'me', { clientId: 'auto-1A2B' });
    expect(await publish(shell, topics.masterRequest('stop'))).to.equal('acknowledged');
    expect(await publish(shell, topics.masterStatus())).to.equal('ended');
  });

  it('does not believe it from elsewhere', async () => {
    const attempt = { clientId: 'board-1', userName: 'board-1', password: undefined, local: false };
    const policy = { credentials: undefined, anonymousOnLoopback: null, identityOf: () => undefined, countOf: () => 0 };
    expect(await authenticate(attempt, policy)).to.have.property('returnCode', 5);
    expect(await authenticate({ ...attempt, local: true }, policy)).to.have.property('role', 'agent');
  });

  for (const id of ['#', '+', 'a/b', '$SYS', 'a b', 'A', 'x'.repeat(64)]) {
    it(`refuses a login as ${id}`, async () => {
      expect(await codeOf(await broker(), id)).to.equal(2);
    });
  }

  for (const id of ['#', '+', 'a/b', '$SYS', 'a b', '-', 'x'.repeat(65)]) {
    it(`refuses an anonymous ${id}`, async () => {
      expect(await codeOf(await broker(), null, { clientId: id })).to.equal(2);
    });
  }

  it('lets tools in with ids of their making, or none', async () => {
    const to = await broker();
    expect(await codeOf(to, null, { clientId: 'auto-1A2B-Cd' })).to.equal(0);
    expect(await codeOf(to, null, { clientId: '' })).to.equal(0);
  });

  it('refuses the anonymous altogether when told so', async () => {
    expect(await codeOf(await broker({ anonymousOnLoopback: null }), null)).to.equal(5);
  });

  it('never lets an anonymous client take the place of a login', async () => {
    const to = await broker();
    const board = await client(to, 'board-1');
    expect(await codeOf(to, null, { clientId: 'board-1' })).to.equal(2);
    expect(await publish(board, topics.agentStatus('board-1'))).to.equal('acknowledged');
    const gone = closed(board);
    await board.endAsync();
    await gone;
  });

  it('knows this machine and its pages', () => {
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', 'localhost']) {
      expect(isLoopback(address), address).to.equal(true);
    }
    for (const address of [undefined, '', '0.0.0.0', '::', '192.168.1.2', '::ffff:10.0.0.1', '127.0.0.1.evil.org']) {
      expect(isLoopback(address), address).to.equal(false);
    }
    for (const origin of [undefined, 'http://localhost:8080', 'http://127.0.0.1', 'http://[::1]:90']) {
      expect(isOwnOrigin(origin), origin).to.equal(true);
    }
    for (const origin of ['null', 'https://evil.org', 'http://127.0.0.1.evil.org', 'http://localhost.evil.org']) {
      expect(isOwnOrigin(origin), origin).to.equal(false);
    }
  });
});
