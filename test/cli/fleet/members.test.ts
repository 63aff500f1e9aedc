import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { addClient, listClients, openCredentials } from '../../../broker/credentials.js';
import { boardFiles } from '../../../cli/flash/board-files.js';
import { type Fleet, keyFileOf, readFleet } from '../../../cli/fleet/fleet-file.js';
import { addBoard, foundFleet, removeBoard, renewBoard } from '../../../cli/fleet/members.js';
import { renderRoll, rollOf } from '../../../cli/fleet/roll.js';
import { ConfigurationError } from '../../../errors.js';
import { rejectionOf } from '../../transport/inbox.js';
import { temporaryFolder } from '../ringtmp.js';

const SETTINGS = { fleet: 'home', broker: 'mqtt://10.0.0.2', credentials: 'credentials.json' };

describe('a fleet', function () {
  this.timeout(20_000);
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  const modeOf = async (name: string) => (await stat(at(name))).mode & 0o777;
  const found = () => foundFleet(at('fleet.yaml'), 'me', SETTINGS);
  const read = (): Promise<Fleet> => readFleet(at('fleet.yaml'));

  it('begins with a master and an operator, whose passwords their owner alone can read', async () => {
    expect(await found()).to.deep.equal([
      { id: 'master', role: 'master', keyFile: at('fleet.keys/master.key') },
      { id: 'me', role: 'operator', keyFile: at('fleet.keys/me.key') },
    ]);
    expect(await modeOf('fleet.keys')).to.equal(0o700);
    expect(await modeOf('fleet.keys/master.key')).to.equal(0o600);
    expect((await read()).boards.size).to.equal(0);
    expect((await rejectionOf(found())).message).to.include('there is a fleet file');
  });

  it('takes over who the broker knows already', async () => {
    await addClient(at('credentials.json'), 'master', 'master');
    expect((await found())[0]).to.deep.equal({ id: 'master', role: 'master', keyFile: null });
  });

  it('has boards with passwords that the broker takes, and knows by hashes only', async () => {
    await found();
    const fleet = await addBoard(await read(), 'pi-1', { linkPort: 1884 });
    expect(await read()).to.deep.equal(fleet);
    const password = (await readFile(keyFileOf(fleet, 'pi-1'), 'utf8')).trimEnd();
    expect(password).to.match(/^[\w-]{32}$/);
    expect(await modeOf('fleet.keys/pi-1.key')).to.equal(0o600);
    expect(await (await openCredentials(fleet.credentials)).verify('pi-1', password)).to.equal('agent');
    for (const file of ['credentials.json', 'fleet.yaml'])
      expect(await readFile(at(file), 'utf8')).not.to.include(password);
    expect((await rejectionOf(addBoard(fleet, 'pi-1', {}))).message).to.include('is in');
  });

  it('gives a board that is only in the file its password, and leaves its settings', async () => {
    await found();
    const fleet = await addBoard(await read(), 'pi-1', { linkPort: 1884 });
    await rm(keyFileOf(fleet, 'pi-1'));
    expect(() => boardFiles(fleet, 'pi-1')).to.throw(ConfigurationError, 'board "pi-1" has no password');
    expect((await rejectionOf(addBoard(fleet, 'pi-1', { linkPort: 1885 }))).message).to.include('is in');
    expect(await addBoard(fleet, 'pi-1', {})).to.equal(fleet);
    expect((await read()).boards.get('pi-1')).to.deep.equal({ linkPort: 1884 });
    const password = (await readFile(keyFileOf(fleet, 'pi-1'), 'utf8')).trimEnd();
    expect(await (await openCredentials(fleet.credentials)).verify('pi-1', password)).to.equal('agent');
    expect(boardFiles(fleet, 'pi-1').key.toString().trimEnd()).to.equal(password);
  });

  it('changes nothing when a board cannot be added', async () => {
    await found();
    const before = [await readFile(at('fleet.yaml'), 'utf8'), await readFile(at('credentials.json'), 'utf8')];
    const fleet = await read();
    expect((await rejectionOf(addBoard(fleet, 'pi-1', { linkPort: -1 }))).message).to.include('linkPort');
    expect((await rejectionOf(addBoard(fleet, 'master', {}))).message).to.include('exists already');
    await mkdir(at('fleet.yaml.new'), { recursive: true });
    expect((await rejectionOf(addBoard(fleet, 'pi-1', {}))).message).to.include(folder.path);
    expect([await readFile(at('fleet.yaml'), 'utf8'), await readFile(at('credentials.json'), 'utf8')]).to.deep.equal(
      before,
    );
    expect((await readdir(at('fleet.keys'))).sort()).to.deep.equal(['master.key', 'me.key']);
  });

  it('locks out a board that it removes', async () => {
    await found();
    const fleet = await addBoard(await addBoard(await read(), 'pi-1', {}), 'pi-2', {});
    const smaller = await removeBoard(fleet, 'pi-1');
    expect(await read()).to.deep.equal(smaller);
    expect([...smaller.boards.keys()]).to.deep.equal(['pi-2']);
    expect((await listClients(fleet.credentials)).map(({ id }) => id)).to.deep.equal(['master', 'me', 'pi-2']);
    expect(await readdir(at('fleet.keys'))).not.to.include('pi-1.key');
    expect((await rejectionOf(removeBoard(smaller, 'pi-1'))).message).to.include('there is no board "pi-1"');
  });

  it('gives a board another password: the old one is refused, and all else stays', async () => {
    await found();
    const fleet = await addBoard(await read(), 'pi-1', { linkPort: 1884 });
    const broker = await openCredentials(fleet.credentials); // as a broker that runs has it
    const password = async () => (await readFile(keyFileOf(fleet, 'pi-1'), 'utf8')).trimEnd();
    const old = await password();
    await writeFile(`${keyFileOf(fleet, 'pi-1')}.new`, 'of an earlier time, cut short');
    await renewBoard(fleet, 'pi-1');
    expect(await password())
      .to.match(/^[\w-]{32}$/)
      .and.not.equal(old);
    expect(await broker.verify('pi-1', old)).to.equal(null);
    expect(await broker.verify('pi-1', await password())).to.equal('agent');
    expect(await modeOf('fleet.keys/pi-1.key')).to.equal(0o600);
    expect((await readdir(at('fleet.keys'))).sort()).to.deep.equal(['master.key', 'me.key', 'pi-1.key']);
    expect(await read()).to.deep.equal(fleet);
  });

  it('gives a password to a board that has none, here or at the broker, but to nobody else', async () => {
    await found();
    const fleet = await addBoard(await read(), 'pi-1', {});
    await rm(keyFileOf(fleet, 'pi-1'));
    const elsewhere = { ...fleet, credentials: at('another.json') };
    await renewBoard(elsewhere, 'pi-1');
    const password = boardFiles(fleet, 'pi-1').key.toString().trimEnd();
    expect(await (await openCredentials(elsewhere.credentials)).verify('pi-1', password)).to.equal('agent');
    expect((await rejectionOf(renewBoard(fleet, 'pi-2'))).remedy).to.include('ringtmp fleet add pi-2');
    expect((await rejectionOf(renewBoard(fleet, 'master'))).message).to.include('there is no board "master"');
  });

  it('keeps the old password when the broker’s file cannot be written', async () => {
    await found();
    const fleet = await addBoard(await read(), 'pi-1', {});
    const old = boardFiles(fleet, 'pi-1');
    const nowhere = { ...fleet, credentials: at('nowhere/credentials.json') };
    expect((await rejectionOf(renewBoard(nowhere, 'pi-1'))).message).to.include('Cannot write credentials');
    expect(boardFiles(fleet, 'pi-1')).to.deep.equal(old);
    expect(await readdir(at('fleet.keys'))).not.to.include('pi-1.key.new');
  });

  it('can remove a board that the broker does not know any more', async () => {
    await found();
    const fleet = await addBoard(await read(), 'pi-1', {});
    const elsewhere = { ...fleet, credentials: at('another.json') };
    expect((await removeBoard(elsewhere, 'pi-1')).boards.size).to.equal(0);
  });

  it('is listed with what each board is told and whether it can log in', async () => {
    await found();
    const fleet = await addBoard(await read(), 'pi-1', { linkPort: 1884 });
    const roll = await rollOf(fleet);
    expect(roll).to.deep.equal([{ id: 'pi-1', settings: { linkPort: 1884 }, hasKey: true, isKnown: true }]);
    expect(renderRoll(roll, 120)).to.match(/^pi-1 +here +known +linkPort: 1884 *$/m);
    const moved = await rollOf({ ...fleet, path: at('moved.yaml'), credentials: at('moved.json') });
    expect(moved[0]).to.include({ hasKey: false, isKnown: false });
    expect(renderRoll([], 80)).to.include('ringtmp fleet add');
  });
});
