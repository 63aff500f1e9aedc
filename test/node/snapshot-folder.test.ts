// Snapshots on a disk: whole or not there, whatever was cut short or spoilt.

import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { SnapshotFolder } from '../../node/snapshot-folder.js';
import { rejectionOf } from '../transport/inbox.js';

const FILE = Buffer.from('what a stage goes on from');

describe('SnapshotFolder', () => {
  let base = '';
  let folder: SnapshotFolder;

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'ringtmp-test-'));
    folder = new SnapshotFolder(join(base, 'run'));
  });
  afterEach(() => rm(base, { recursive: true }));

  const key = (step: number, firstLayer = 0) => ({ step, firstLayer, endLayer: firstLayer + 2 });
  const pathOf = async (at = 0) => join(folder.path, (await readdir(folder.path)).sort()[at] as string);

  it('keeps a snapshot and tells of it, by step and layers', async () => {
    await folder.save(key(20, 2), FILE);
    const entry = await folder.save(key(20), FILE);
    await folder.save(key(3), FILE);
    expect(await folder.inventory()).to.deep.equal([
      { ...entry, step: 3 },
      entry,
      { ...entry, firstLayer: 2, endLayer: 4 },
    ]);
    expect(Buffer.from(await folder.read(entry))).to.deep.equal(FILE);
  });

  it('has nothing before the first one comes, and after it is removed', async () => {
    expect(await folder.inventory()).to.deep.equal([]);
    await folder.save(key(1), FILE);
    await folder.remove();
    expect(await readdir(base)).to.deep.equal([]);
  });

  it('counts a file cut at any byte as none, and deletes it', async () => {
    for (let length = 0; length < FILE.length; length++) {
      const entry = await folder.save(key(1), FILE);
      await truncate(await pathOf(), length);
      let refusal = '';
      await folder.read(entry).catch((error) => {
        refusal = error.message;
      });
      expect(refusal).to.match(/^the snapshot of layers 0 to 2 at step 1 is not whole in /);
      expect(await folder.inventory()).to.deep.equal([]);
      expect(await readdir(folder.path)).to.deep.equal([]);
    }
  });

  it('counts a file with one wrong bit as none, and keeps the older one', async () => {
    const older = await folder.save(key(1), FILE);
    await folder.save(key(2), FILE);
    const newest = await pathOf(1);
    const bytes = await readFile(newest);
    bytes[5]! ^= 1;
    await writeFile(newest, bytes);
    expect(await folder.inventory()).to.deep.equal([older]);
  });

  describe('that cannot be read', () => {
    const failing = (code: string) =>
      new SnapshotFolder(folder.path, () => Promise.reject(Object.assign(new Error(code), { code })));

    it('for now keeps all that is in it, and says so', async () => {
      const entry = await folder.save(key(1), FILE);
      for (const code of ['EMFILE', 'ENOMEM', 'EACCES']) {
        const error = await rejectionOf(failing(code).inventory());
        expect(error).to.include({ code: 'data' });
        expect(error.message).to.match(/^cannot read a snapshot in .*run: E/);
      }
      expect(await folder.inventory()).to.deep.equal([entry]);
    });

    it('where its disk is broken has none of it, and deletes none', async () => {
      const entry = await folder.save(key(1), FILE);
      for (const code of ['EIO', 'ENOENT']) expect(await failing(code).inventory()).to.deep.equal([]);
      expect(await folder.inventory()).to.deep.equal([entry]);
    });
  });

  it('keeps the newest steps, of whatever layers, and deletes what was left half written', async () => {
    for (const step of [9, 10, 100]) {
      await folder.save(key(step), FILE);
      await folder.save(key(step, 2), FILE);
    }
    await writeFile(join(folder.path, '4.0-2.abc.safetensors.new'), 'half');
    await folder.keepNewest(2);
    expect((await folder.inventory()).map(({ step }) => step)).to.deep.equal([10, 10, 100, 100]);
    expect(await readdir(folder.path)).to.have.length(4);
  });

  it('deletes what comes after the step that a run goes back to', async () => {
    for (const step of [9, 10, 11]) await folder.save(key(step), FILE);
    await folder.deleteAfter(10);
    expect((await folder.inventory()).map(({ step }) => step)).to.deep.equal([9, 10]);
  });

  it('says what to do where the folder takes nothing', async () => {
    await writeFile(join(base, 'run'), 'a file, not a folder');
    let error: unknown;
    await folder.save(key(1), FILE).catch((cause) => {
      error = cause;
    });
    expect(error).to.include({ code: 'data' });
    expect(String(error)).to.match(/cannot keep a snapshot in .*run/);
  });
});
