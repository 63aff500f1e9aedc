// From a fleet file to a board's /etc, with the real commands; only the card is a folder.

import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readAgentFile } from '../../cli/config/agent-file.js';
import { diskFolder } from '../../cli/storage/disk-folder.js';
import { findFatPartition } from '../../cli/storage/fat-partition.js';
import { imageFolder } from '../../cli/storage/image-folder.js';
import { need } from '../support/requirements.js';
import { type Outcome, ringtmp, temporaryFolder } from './ringtmp.js';
import { MTOOLS, makeImage } from './storage/images.js';

describe('ringtmp fleet, flash and board-config', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  const text = (name: string): Promise<string> => readFile(at(name), 'utf8');

  async function run(...args: string[]): Promise<Outcome> {
    return ringtmp(args, folder.path);
  }

  async function good(...args: string[]): Promise<Outcome> {
    const outcome = await run(...args);
    expect(outcome, args.join(' ')).to.include({ code: 0, stderr: '' });
    return outcome;
  }

  beforeEach(async () => {
    await good('fleet', 'init', '--broker', 'mqtt://10.0.0.2');
    await good('fleet', 'add', 'pi-1', 'pi-2', '--set', 'linkPort=1884', 'power={idleW: 2, loadW: 3}');
    await mkdir(at('card'));
    await writeFile(at('card/config.txt'), 'arm_64bit=1\n');
  });

  it('take a board’s settings from the fleet file to its /etc, and leave none on the card', async () => {
    const shown = await good('flash', 'pi-1', '--to', 'card', '--force', '--dry-run');
    const password = (await text('fleet.keys/pi-1.key')).trimEnd();
    expect(shown.stdout).to.include('linkPort: 1884').and.not.to.include(password);
    expect(await readdir(at('card'))).to.deep.equal(['config.txt']);

    const flashed = await good('flash', 'pi-1', '--to', 'card', '--force', '--verify');
    expect(flashed.stdout).to.equal('pi-1 is on card, verified; unmount it before you take it out\n');
    expect((await readdir(at('card'))).sort()).to.deep.equal(['config.txt', 'ringtmp.key', 'ringtmp.yaml']);

    const taken = await good('board-config', 'apply', '--boot', 'card', '--to', 'etc', '--json');
    expect(JSON.parse(taken.stdout)).to.deep.equal({ outcome: 'taken', id: 'pi-1' });
    expect(await readdir(at('card'))).to.deep.equal(['config.txt']);
    expect(await readAgentFile(at('etc/agent.yaml'))).to.deep.equal({
      id: 'pi-1',
      broker: 'mqtt://10.0.0.2',
      fleet: 'home',
      linkPort: 1884,
      power: { idleW: 2, loadW: 3 },
    });
    expect((await text('etc/agent.key')).trimEnd()).to.equal(password);
    expect((await stat(at('etc/agent.key'))).mode & 0o777).to.equal(0o600);
    expect((await stat(at('etc/agent.yaml'))).mode & 0o777).to.equal(0o644);
    expect((await good('board-config', 'apply', '--boot', 'card', '--to', 'etc')).stdout).to.match(/^nothing to take/);
  });

  it('keep what a board had when what was flashed is bad, say so by the exit code, and leave the reason', async () => {
    await good('flash', 'pi-1', '--to', 'card', '--force');
    await good('board-config', 'apply', '--boot', 'card', '--to', 'etc');
    const before = await text('etc/agent.yaml');
    await good('flash', 'pi-1', '--to', 'card', '--force');
    await writeFile(at('card/ringtmp.yaml'), (await text('card/ringtmp.yaml')).slice(0, -20));

    const refused = await run('board-config', 'apply', '--boot', 'card', '--to', 'etc');
    expect(refused.code).to.equal(3);
    expect(refused.stderr).to.include('is not whole');
    expect(await text('etc/agent.yaml')).to.equal(before);
    expect(await text('card/ringtmp-error.txt')).to.include('is not whole');

    const again = await good('flash', 'pi-1', '--to', 'card', '--force');
    expect(again.stdout).to.include('pi-1 had refused what it was given before');
    expect(await readdir(at('card'))).not.to.include('ringtmp-error.txt');
  });

  it('tell that a board has nothing to start with when its first flash was cut', async () => {
    await good('flash', 'pi-1', '--to', 'card', '--force');
    await writeFile(at('card/ringtmp.yaml'), (await text('card/ringtmp.yaml')).slice(0, 40));
    const refused = await run('board-config', 'apply', '--boot', 'card', '--to', 'etc');
    expect(refused.code).to.equal(3);
    expect(refused.stderr).to.match(/this board has no configuration and starts no agent; (it has no LED|.* blinks)/);
    expect(await readdir(at('etc'))).to.deep.equal(['refused.txt']);
    expect((await stat(at('etc/refused.txt'))).mode & 0o777).to.equal(0o644); // for the agent, which is not root
  });

  it('write all boards to targets of their own', async () => {
    await mkdir(at('card-2'));
    const { stdout } = await good('flash', '--all', '--to', 'card', 'card-2', '--force', '--json');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ board, target }) => [board, target])).to.deep.equal([
      ['pi-1', 'card'],
      ['pi-2', 'card-2'],
    ]);
    expect((await diskFolder(at('card-2')).read('ringtmp.yaml'))?.toString()).to.include('id: pi-2');
  });

  it('write into an image of a card', async function () {
    need(this, MTOOLS);
    await makeImage(at('card.img'), { startSector: 8 });
    const offset = await findFatPartition(at('card.img'));
    expect((await run('flash', 'pi-1', '--to', 'card.img')).stderr).to.include('does not look like a boot partition');
    await imageFolder(at('card.img'), offset).write('config.txt', Buffer.from('arm_64bit=1\n'));
    await good('flash', 'pi-1', '--to', 'card.img', '--verify');
    expect(await imageFolder(at('card.img'), offset).list()).to.have.members([
      'config.txt',
      'ringtmp.yaml',
      'ringtmp.key',
    ]);
  });

  it('refuse a target that is not mounted, a board that there is not, and no board at all', async () => {
    const unmounted = await run('flash', 'pi-1', '--to', 'card');
    expect(unmounted.code).to.equal(1);
    expect(unmounted.stderr).to.include('nothing is mounted at card').and.to.include('--force');
    expect((await run('flash', 'pi-9', '--to', 'card', '--force')).stderr).to.include('there is no board "pi-9"');
    expect((await run('flash', '--to', 'card', '--force')).stderr).to.include('which boards?');
    expect(await readdir(at('card'))).to.deep.equal(['config.txt']);
  });

  it('are asked what there is, and forget what is removed', async () => {
    expect((await good('fleet', 'list')).stdout).to.match(/^pi-2 +here +known +linkPort: 1884/m);
    const { boards } = JSON.parse((await good('fleet', 'list', '--json')).stdout);
    expect(boards.map(({ id }: { id: string }) => id)).to.deep.equal(['pi-1', 'pi-2']);
    const before = await text('fleet.keys/pi-1.key');
    const renewed = await good('fleet', 'renew', 'pi-1');
    expect(renewed.stdout).to.match(
      /`ringtmp flash pi-1 --to <boot partition>`\nthe old one is refused once the broker has read .*credentials\.json/,
    );
    expect(await text('fleet.keys/pi-1.key')).not.to.equal(before);
    expect(JSON.parse((await good('fleet', 'renew', 'pi-1', '--json')).stdout)).to.include({ id: 'pi-1' });
    await good('fleet', 'remove', 'pi-2');
    expect((await good('credentials', 'list')).stdout).to.equal(
      'master    master\noperator  operator\nagent     pi-1\n',
    );
    const wrong = await run('fleet', 'add', 'pi-3', '--set', 'enigne=wasm');
    expect(wrong.stderr).to.include('boards.pi-3.enigne is not a known key, did you mean "engine"?');
    expect((await run('fleet', 'add', 'pi-3', '--set', 'wasm')).code).to.equal(2);
  });
});
