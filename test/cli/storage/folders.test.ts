// What every folder promises, on a disk and in an image; and what only one of them can show.

import { execFileSync } from 'node:child_process';
import { chmod, mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { diskFolder } from '../../../cli/storage/disk-folder.js';
import { findFatPartition } from '../../../cli/storage/fat-partition.js';
import { type Folder, replaceFile } from '../../../cli/storage/folder.js';
import { imageFolder } from '../../../cli/storage/image-folder.js';
import { CapacityError, ConfigurationError } from '../../../errors.js';
import { need } from '../../support/requirements.js';
import { rejectionOf } from '../../transport/inbox.js';
import { temporaryFolder } from '../ringtmp.js';
import { CutFolder } from './cut-folder.js';
import { MTOOLS, makeImage } from './images.js';

const bytes = (text: string): Buffer => Buffer.from(text);

function keepsFiles(open: () => Promise<Folder>): void {
  let folder: Folder;
  beforeEach(async () => {
    folder = await open();
  });

  it('reads what was written, and null where there is nothing', async () => {
    await folder.write('ringtmp.yaml', bytes('id: pi-1\n'));
    await folder.write('ringtmp.key.new', Buffer.from([0, 255, 10, 13]));
    expect(await folder.read('ringtmp.yaml')).to.deep.equal(bytes('id: pi-1\n'));
    expect(await folder.read('ringtmp.key.new')).to.deep.equal(Buffer.from([0, 255, 10, 13]));
    expect(await folder.read('ringtmp.key')).to.equal(null);
    expect(await folder.list()).to.include.members(['ringtmp.yaml', 'ringtmp.key.new']);
  });

  it('replaces by writing and by renaming', async () => {
    await folder.write('a.txt', bytes('a longer one than the next'));
    await folder.write('a.txt', bytes('short'));
    await folder.write('b.txt', bytes('b'));
    await folder.rename('b.txt', 'a.txt');
    expect(await folder.read('a.txt')).to.deep.equal(bytes('b'));
    expect(await folder.read('b.txt')).to.equal(null);
    await replaceFile(folder, 'a.txt', bytes('c'));
    expect(await folder.read('a.txt')).to.deep.equal(bytes('c'));
    expect(await folder.read('a.txt.new')).to.equal(null);
  });

  it('scrubs what is there, and minds nothing that is not', async () => {
    await folder.write('a.txt', bytes('secret'));
    await folder.scrub('a.txt');
    await folder.scrub('a.txt');
    expect(await folder.read('a.txt')).to.equal(null);
    await folder.write('empty', bytes(''));
    await folder.scrub('empty');
    expect(await folder.read('empty')).to.equal(null);
  });
}

describe('a folder in memory', () => keepsFiles(async () => new CutFolder({})));

describe('a folder on a disk', () => {
  const folder = temporaryFolder();
  keepsFiles(async () => diskFolder(folder.path));

  it('gives files the mode that is asked for, whatever the umask, and 0600 unless told', async () => {
    const disk = diskFolder(folder.path);
    const before = process.umask(0o077);
    try {
      await disk.write('open', bytes('x'), 0o644);
    } finally {
      process.umask(before);
    }
    await disk.write('secret', bytes('x'));
    expect((await stat(join(folder.path, 'open'))).mode & 0o777).to.equal(0o644);
    expect((await stat(join(folder.path, 'secret'))).mode & 0o777).to.equal(0o600);
  });

  it('overwrites what it scrubs where it is', async () => {
    const path = await folder.write('ringtmp.key', 'password\n');
    const file = await open(path, 'r');
    try {
      await diskFolder(folder.path).scrub('ringtmp.key');
      const found = Buffer.alloc(9, 'x');
      await file.read(found, 0, 9, 0);
      expect(found).to.deep.equal(Buffer.alloc(9));
    } finally {
      await file.close();
    }
  });

  it('says what is wrong, and what to do', async () => {
    const nowhere = await rejectionOf(diskFolder(join(folder.path, 'nowhere')).write('a', bytes('b')));
    expect(nowhere).to.be.instanceOf(ConfigurationError);
    expect(nowhere.message).to.match(/nowhere: there is no such folder$/);
    await mkdir(join(folder.path, 'ringtmp.yaml'));
    const inTheWay = await rejectionOf(diskFolder(folder.path).read('ringtmp.yaml'));
    expect(inTheWay.message).to.include('a folder stands in the place of a file');
  });

  it('that is full says so, and keeps what it held', async function () {
    need(this, { isThere: mounts(folder.path), remedy: 'root, who may mount a small file system' });
    try {
      const full = diskFolder(folder.path);
      await full.write('a.txt', bytes('old'));
      const error = await rejectionOf(replaceFile(full, 'a.txt', Buffer.alloc(16_384)));
      expect(error).to.be.instanceOf(CapacityError);
      expect(error.message).to.include('is full; what it held is as it was');
      expect(await full.list()).to.deep.equal(['a.txt']);
      expect(await full.read('a.txt')).to.deep.equal(bytes('old'));
    } finally {
      execFileSync('umount', [folder.path]);
    }
  });
});

/** Whether a file system of 8 KiB is there now. */
function mounts(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'none', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a FAT file system in an image', function () {
  this.timeout(20_000);
  const folder = temporaryFolder();
  before(function () {
    need(this, MTOOLS);
  });
  const open = async (): Promise<Folder> => {
    const path = join(folder.path, 'card.img');
    await makeImage(path, { startSector: 8 });
    return imageFolder(path, await findFatPartition(path));
  };
  keepsFiles(open);

  it('that is full says so, and keeps what it held', async () => {
    const card = await open();
    await card.write('a.txt', bytes('old'));
    const error = await rejectionOf(replaceFile(card, 'a.txt', Buffer.alloc(4 * 2 ** 20, 1)));
    expect(error).to.be.instanceOf(CapacityError);
    expect(await card.read('a.txt')).to.deep.equal(bytes('old'));
    expect(await card.list()).not.to.include('a.txt.new');
  });

  const PASSWORD = bytes('correct-horse-battery-staple\n');
  for (const isFat32 of [false, true]) {
    it(`keeps nothing of what is replaced or scrubbed (FAT${isFat32 ? 32 : 12})`, async () => {
      const path = join(folder.path, 'card.img');
      await makeImage(path, { startSector: 8, isFat32 });
      const card = imageFolder(path, await findFatPartition(path));
      const holds = async () => (await readFile(path)).includes(PASSWORD.subarray(0, 12));
      for (const takeAway of [
        () => card.scrub('ringtmp.key'),
        () => card.write('ringtmp.key', bytes('x')),
        () => card.rename('other.key', 'ringtmp.key'),
      ]) {
        await card.write('other.key', bytes('other'));
        await card.write('ringtmp.key', PASSWORD);
        expect(await holds()).to.equal(true);
        await takeAway();
        expect(await holds(), takeAway.toString()).to.equal(false);
      }
      expect(await card.read('ringtmp.key')).to.deep.equal(bytes('other'));
    });
  }

  it('takes and leaves files whose clusters are not in a row', async () => {
    const card = await open();
    for (const name of ['a', 'b', 'c']) await card.write(name, Buffer.alloc(600, name));
    await card.scrub('a');
    await card.scrub('c');
    const long = Buffer.alloc(5_000, 'long ');
    await card.write('long', long);
    expect(await card.read('long')).to.deep.equal(long);
    expect(await card.read('b')).to.deep.equal(Buffer.alloc(600, 'b'));
    await card.scrub('long');
    expect((await readFile(card.name)).includes('long long')).to.equal(false);
    expect(await card.read('b')).to.deep.equal(Buffer.alloc(600, 'b'));
  });

  it('lets no secret pass through a temporary file', async () => {
    const card = await open();
    const real = execFileSync('sh', ['-c', 'command -v mcopy']).toString().trim();
    const seen = join(folder.path, 'seen');
    await mkdir(join(folder.path, 'bin'));
    const spy = await folder.write('bin/mcopy', `#!/bin/sh\ncat "$3" > ${seen}\nexec ${real} "$@"\n`);
    await chmod(spy, 0o755);
    const { PATH } = process.env;
    process.env.PATH = `${join(folder.path, 'bin')}:${PATH}`;
    try {
      await card.write('ringtmp.key', PASSWORD);
    } finally {
      process.env.PATH = PATH;
    }
    expect(await card.read('ringtmp.key')).to.deep.equal(PASSWORD);
    expect(await readFile(seen))
      .to.have.length(PASSWORD.length)
      .and.not.deep.equal(PASSWORD);
  });

  it('is found at the beginning, and behind a table of partitions', async () => {
    const path = join(folder.path, 'card.img');
    await makeImage(path, { startSector: 0 });
    expect(await findFatPartition(path)).to.equal(0);
    await makeImage(path, { startSector: 8 });
    expect(await findFatPartition(path)).to.equal(8 * 512);
    await makeImage(path, { startSector: 40, table: 'gpt' });
    expect(await findFatPartition(path)).to.equal(40 * 512);
  });

  it('is not found where the table points at something else', async () => {
    const path = join(folder.path, 'card.img');
    await makeImage(path, { startSector: 8 });
    const image = await readFile(path);
    await writeFile(path, image.fill(0, 8 * 512, 9 * 512));
    expect((await rejectionOf(findFatPartition(path))).message).to.include('is no image with a FAT partition');
  });

  it('without mtools is told so, with what to install', async () => {
    const card = await open();
    const { PATH } = process.env;
    process.env.PATH = '/nowhere';
    try {
      const error = await rejectionOf(card.list());
      expect(error.message).to.match(/is an image, and mtools.* is not installed/);
      expect(error.remedy).to.include('apt install mtools');
    } finally {
      process.env.PATH = PATH;
    }
  });
});
