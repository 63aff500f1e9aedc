// The proof that clusters are a file's is checked before anything is overwritten.

import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { overwriteClusters } from '../../../cli/storage/fat-clusters.js';
import { ConfigurationError } from '../../../errors.js';
import { rejectionOf } from '../../transport/inbox.js';
import { temporaryFolder } from '../ringtmp.js';

const START = 512;
/** FAT12 with one sector of each kind, so that cluster 2 is sector 4; clusters of two sectors. */
const DATA = START + 4 * 512;
const CLUSTER_BYTES = 1_024;

function bootSector(): Buffer {
  const sector = Buffer.alloc(512);
  sector.writeUInt16LE(512, 11);
  sector.writeUInt8(2, 13);
  sector.writeUInt16LE(1, 14);
  sector.writeUInt8(2, 16);
  sector.writeUInt16LE(16, 17);
  sector.writeUInt16LE(1, 22);
  return sector;
}

describe('clusters of a file in an image', () => {
  const folder = temporaryFolder();
  const at = (cluster: number): number => DATA + (cluster - 2) * CLUSTER_BYTES;

  async function image(): Promise<string> {
    const path = join(folder.path, 'card.img');
    const file = await open(path, 'w');
    await file.write(Buffer.alloc(8 * CLUSTER_BYTES, '.'));
    await file.write(bootSector(), 0, 512, START);
    await file.write(Buffer.alloc(CLUSTER_BYTES, 'a'), 0, CLUSTER_BYTES, at(3));
    await file.write(Buffer.alloc(100, 'b'), 0, 100, at(5));
    await file.close();
    return path;
  }
  const OLD = Buffer.concat([Buffer.alloc(CLUSTER_BYTES, 'a'), Buffer.alloc(100, 'b')]);

  it('are overwritten to their ends, and nothing else is', async () => {
    const path = await image();
    const before = await readFile(path);
    await overwriteClusters(path, { start: START, listing: '::/f <3> <5>\n' }, OLD, Buffer.alloc(1_030, 'n'));
    const expected = Buffer.from(before);
    expected
      .fill('n', at(3), at(4))
      .fill('n', at(5), at(5) + 6)
      .fill(0, at(5) + 6, at(6));
    expect((await readFile(path)).equals(expected)).to.equal(true);
  });

  it('are left alone when they do not hold what the file holds', async () => {
    const path = await image();
    const before = await readFile(path);
    const work = overwriteClusters(path, { start: START, listing: '::/f <2-3>\n' }, OLD, Buffer.alloc(0));
    const error = await rejectionOf(work);
    expect(error).to.be.instanceOf(ConfigurationError);
    expect(error.message).to.include('<2-3>');
    expect((await readFile(path)).equals(before)).to.equal(true);
  });
});
