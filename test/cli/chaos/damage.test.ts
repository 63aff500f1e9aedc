import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { damageNewest } from '../../../cli/chaos/damage.js';
import { temporaryFolder } from '../ringtmp.js';

describe('damageNewest', () => {
  const folder = temporaryFolder();

  it('turns one bit of the newest snapshot, wherever it lies in the folder', async () => {
    await mkdir(join(folder.path, 'run'));
    const bytes = Buffer.from('0123456789');
    for (const [seconds, name] of ['run/old.safetensors', 'run/new.safetensors', 'run/newest.txt'].entries()) {
      await writeFile(join(folder.path, name), bytes);
      await utimes(join(folder.path, name), seconds, seconds);
    }
    const path = await damageNewest(folder.path, 0.55);
    expect(path).to.equal(join(folder.path, 'run/new.safetensors'));
    expect(await readFile(path as string, 'utf8')).to.equal('0123446789');
    expect(await readFile(join(folder.path, 'run/old.safetensors'))).to.deep.equal(bytes);
  });

  it('has nothing to damage where there is no snapshot', async () => {
    expect(await damageNewest(join(folder.path, 'nowhere'), 0)).to.equal(null);
  });
});
