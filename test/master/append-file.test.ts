// Lines on a disk that is full for a while, or takes only a part of what it is given: none is lost, and none overtakes.

import { type FileHandle, mkdir, open, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { AppendFile } from '../../master/append-file.js';
import { TemporaryFolder } from '../data/files.js';
import { createMailbox } from '../transport/inbox.js';

describe('a file that only grows', () => {
  let folder: TemporaryFolder;
  let troubles = createMailbox<string | null>();
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
    troubles = createMailbox();
  });
  afterEach(() => folder.remove());

  const openFile = (path: string, retryMs = 0) => {
    return new AppendFile({ path, retryMs, onTrouble: (error) => troubles.put(error && `${error.message}`) });
  };
  const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}\n`);

  it('has all lines in the order of the calls, after what was there', async () => {
    const path = await folder.write('file', 'before\n');
    const file = openFile(path);
    for (const line of lines(100)) file.append(line);
    await file.sync();
    expect(await readFile(path, 'utf8')).to.equal(['before\n', ...lines(100)].join(''));
    file.append('last\n');
    await file.close();
    expect(await readFile(path, 'utf8')).to.match(/line 99\nlast\n$/);
    expect(troubles.waiting()).to.equal(0);
  });

  it('loses nothing while it cannot be written to, and tells once that it cannot, and once that it can again', async () => {
    const path = join(folder.path, 'file');
    await mkdir(path);
    const file = openFile(path);
    file.append('first\n');
    const [trouble] = await troubles.take(1);
    expect(trouble).to.match(/EISDIR/);
    for (const line of lines(10)) file.append(line);
    await rmdir(path);
    expect(await troubles.take(1)).to.deep.equal([null]);
    await file.sync();
    expect(await readFile(path, 'utf8')).to.equal(['first\n', ...lines(10)].join(''));
    await file.close();
  });

  it('gives up what a full disk does not take once it is closed', async () => {
    const file = openFile('/dev/full', 60_000);
    for (const line of lines(3)) file.append(line);
    expect((await troubles.take(1))[0]).to.match(/ENOSPC/);
    await file.close();
    expect(troubles.waiting()).to.equal(0);
  });

  it('writes what a disk that fills up has cut off once there is room', async () => {
    const parts = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 20 });
    const texts = fc.array(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }), {
      minLength: 1,
      maxLength: 10,
    });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(parts, texts, async (sizes, wanted) => {
        const path = join(folder.path, `file-${count++}`);
        const giveBack = await takeOnly(path, sizes);
        try {
          const file = openFile(path);
          for (const text of wanted) file.append(text);
          await file.sync();
          await file.close();
          expect(await readFile(path, 'utf8')).to.equal(wanted.join(''));
        } finally {
          giveBack();
        }
      }),
    );
  });

  /** Of each write only so many bytes; none at all is a disk that is full. */
  async function takeOnly(path: string, sizes: readonly number[]): Promise<() => void> {
    const left = [...sizes];
    const handle = await open(path, 'a');
    const prototype: FileHandle = Object.getPrototypeOf(handle);
    await handle.close();
    const { write } = prototype;
    prototype.write = async function (this: FileHandle, bytes: Buffer) {
      const size = left.shift();
      if (size === 0) throw new Error('ENOSPC');
      return Reflect.apply(write, this, [bytes.subarray(0, size)]);
    } as typeof write;
    return () => {
      prototype.write = write;
    };
  }
});
