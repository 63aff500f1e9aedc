// What a run may read: regular files of moderate size in the data folders, by whatever way they are named.

import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { findDataFile } from '../../data/data-files.js';
import { dataErrorOf, TemporaryFolder } from './files.js';

describe('data files', () => {
  let folder: TemporaryFolder;
  let inner: string;
  let secret: string;
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
    inner = join(folder.path, 'inner');
    await mkdir(inner);
    secret = await folder.write('secret.csv', 'x');
    await folder.write('inner/a.csv', '12345');
  });
  afterEach(() => folder.remove());

  const find = (name: string, folders = [inner], mostBytes = 10) => findDataFile(folders, { name, mostBytes });
  const refused = async (...how: Parameters<typeof find>) => (await dataErrorOf(find(...how))).message;

  it('are found by absolute and by relative names, in the first folder that has them', async () => {
    expect(await find(join(inner, 'a.csv'))).to.equal(join(inner, 'a.csv'));
    expect(await find('a.csv', [folder.path, inner])).to.equal(join(inner, 'a.csv'));
    expect(await find('inner/a.csv', [inner, folder.path])).to.equal(join(inner, 'a.csv'));
    expect(await find(secret, ['/'])).to.equal(secret);
  });

  it('are refused elsewhere, whether they are there or not', async () => {
    for (const name of [
      secret,
      '../secret.csv',
      '../none.csv',
      relative(inner, '/etc/passwd'),
      '/dev/zero',
      `${inner}2/a`,
    ]) {
      expect(await refused(name), name).to.include('is outside of the data folders');
    }
    expect(await refused('/etc/passwd', [])).to.include('outside');
    const { remedy } = await dataErrorOf(find(secret));
    expect(remedy).to.include('ringtmp master --data');
  });

  it('are refused where a link leads elsewhere, and taken through a link to the folder', async () => {
    await symlink(secret, join(inner, 'link.csv'));
    expect(await refused('link.csv')).to.include('outside');
    await symlink(inner, join(folder.path, 'alias'));
    expect(await find('a.csv', [join(folder.path, 'alias')])).to.equal(join(folder.path, 'alias/a.csv'));
    expect(await find(join(inner, 'a.csv'), [join(folder.path, 'alias')])).to.equal(join(inner, 'a.csv'));
  });

  it('are refused when they never end or are no files', async () => {
    execFileSync('mkfifo', [join(inner, 'pipe')]);
    expect(await refused('pipe')).to.include('no regular file');
    expect(await refused('.')).to.include('no regular file');
    expect(await refused('/dev/zero', ['/'])).to.include('no regular file');
  });

  it('are refused when they are too large, absent or misnamed', async () => {
    expect(await refused('a.csv', [inner], 4)).to.include('has 5 bytes, more than the 4');
    expect(await refused('none.csv')).to.equal(`there is no file ${join(inner, 'none.csv')}`);
    expect(await refused('a\0.csv')).to.include('cannot be read');
  });

  it('of the packages of data sets are for all', async () => {
    expect(await refused('/usr/share/datasets/none/x')).to.include('there is no file');
  });
});
