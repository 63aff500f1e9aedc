import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readRefusal } from '../../../cli/flash/refusal.js';
import { takeOver } from '../../../cli/flash/take-over.js';
import { diskFolder } from '../../../cli/storage/disk-folder.js';
import { temporaryFolder } from '../ringtmp.js';

describe('a refusal', () => {
  const folder = temporaryFolder();
  const etc = (): string => join(folder.path, 'etc');
  beforeEach(() => mkdir(etc()));

  it('is told for as long as it stands', async () => {
    expect(await readRefusal(folder.path, etc())).to.equal(null);
    await folder.write('ringtmp.yaml', 'by hand');
    await takeOver(diskFolder(folder.path), diskFolder(etc()));
    expect(await readRefusal(folder.path, etc())).to.match(/^ringtmp\.yaml: .* is not whole/);
  });

  it('is told where the boot partition could not be written to, or may not be looked at', async () => {
    await folder.write('etc/refused.txt', 'it is not whole\n');
    expect(await readRefusal(join(folder.path, 'nowhere'), etc())).to.equal('it is not whole');
  });

  it('is never longer than a log bears', async () => {
    await folder.write('ringtmp-error.txt', 'x'.repeat(5_000));
    expect(await readRefusal(folder.path, etc())).to.have.length(1_000);
  });
});
