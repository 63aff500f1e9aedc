import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { openTarget } from '../../../cli/flash/open-target.js';
import { ConfigurationError } from '../../../errors.js';
import { rejectionOf } from '../../transport/inbox.js';
import { temporaryFolder } from '../ringtmp.js';

describe('a target for flashing', () => {
  const folder = temporaryFolder();

  async function expectRefused(path: string, message: RegExp, remedy: RegExp): Promise<void> {
    const error = await rejectionOf(openTarget(path, false));
    expect(error).to.be.instanceOf(ConfigurationError);
    expect(error.message).to.match(message);
    expect(error.remedy).to.match(remedy);
  }

  it('must be mounted: a folder of this disk is none, whatever is in it, unless it is forced', async () => {
    await folder.write('config.txt', '');
    await expectRefused(folder.path, /^nothing is mounted at /, /Mount.*--force/);
    expect((await openTarget(folder.path, true)).name).to.equal(folder.path);
  });

  it('must look like a boot partition: /proc is mounted, but boots nothing', async () => {
    await expectRefused('/proc', /^\/proc does not look like a boot partition/, /--force/);
  });

  it('must be there', async () => {
    await expectRefused(join(folder.path, 'nowhere'), /there is no such folder/, /mounted/);
    const dangling = join(folder.path, 'dangling');
    await symlink('nowhere', dangling);
    await expectRefused(dangling, /there is no such folder/, /mounted/);
  });

  it('may be an image, but of a card', async () => {
    await expectRefused(await folder.write('a.img', 'no image'), /is no image with a FAT partition/, /unpack/);
    await expectRefused(await folder.write('b.img', ''), /is no image with a FAT partition/, /unpack/);
  });

  it('may not be a device', async () => {
    await expectRefused('/dev/null', /neither a folder nor an image/, /Mount/);
  });

  it('is written to as it is when that is forced', async () => {
    await mkdir(join(folder.path, 'boot'));
    const target = await openTarget(join(folder.path, 'boot'), true);
    await target.write('a', Buffer.from('b'));
    expect(await target.list()).to.deep.equal(['a']);
  });
});
