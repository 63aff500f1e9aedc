import { join } from 'node:path';
import { expect } from 'chai';
import { readRefusal } from '../../../cli/flash/refusal.js';
import { takeOver } from '../../../cli/flash/take-over.js';
import { diskFolder } from '../../../cli/storage/disk-folder.js';
import { temporaryFolder } from '../ringtmp.js';

describe('a refusal', () => {
  const folder = temporaryFolder();

  it('is told for as long as it stands', async () => {
    expect(await readRefusal(folder.path)).to.equal(null);
    await folder.write('ringtmp.yaml', 'by hand');
    await takeOver(diskFolder(folder.path), diskFolder(join(folder.path, 'etc')));
    expect(await readRefusal(folder.path)).to.match(/^ringtmp\.yaml: .* is not whole/);
  });

  it('is never longer than a log bears', async () => {
    await folder.write('ringtmp-error.txt', 'x'.repeat(5_000));
    expect(await readRefusal(folder.path)).to.have.length(1_000);
  });
});
