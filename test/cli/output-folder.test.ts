import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeOutputFolder } from '../../cli/output-folder.js';
import { temporaryFolder } from './ringtmp.js';

describe('the folder that --output names', () => {
  const folder = temporaryFolder();

  it('is made with those above it, and may be there', async () => {
    const path = join(folder.path, 'a/b/c');
    await makeOutputFolder(path);
    await makeOutputFolder(path);
    expect((await stat(path)).isDirectory()).to.equal(true);
  });

  it('is refused where a file is', async () => {
    const file = await folder.write('file', '');
    for (const path of [file, join(file, 'below')]) {
      const error = await makeOutputFolder(path).catch((fault) => fault);
      expect(error.message).to.include(`cannot write to ${path}`);
      expect(error.remedy).to.include('--output');
    }
  });

  it('names the option that named it', async () => {
    const error = await makeOutputFolder(await folder.write('file', ''), '--plots').catch((fault) => fault);
    expect(error.remedy).to.equal('Name another folder with --plots.');
  });

  it('is refused where a file system makes none', async function () {
    if (!existsSync('/proc/self')) this.skip(); // only Linux has such a one at hand
    const error = await makeOutputFolder('/proc/ringtmp/runs').catch((fault) => fault);
    expect(error.message).to.include('cannot write to /proc/ringtmp/runs');
  });
});
