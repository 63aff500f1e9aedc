// Images of small cards, made as they are made elsewhere: a table of partitions and a FAT by mtools.

import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { Requirement } from '../../support/requirements.js';

export const MTOOLS: Requirement = { isThere: hasMtools(), remedy: 'sudo apt install mtools' };

const SECTOR = 512;
const FLOPPY_SECTORS = 2_880; // FAT12
const FAT32_SECTORS = 70_000; // the fewest clusters of a FAT32 are 65,525

export interface ImageOptions {
  /** Where the file system begins; 0: there is no table. */
  readonly startSector: number;
  readonly table?: 'mbr' | 'gpt';
  readonly isFat32?: boolean;
}

export async function makeImage(path: string, options: ImageOptions): Promise<void> {
  const { startSector, table = 'mbr', isFat32 = false } = options;
  const sectors = isFat32 ? FAT32_SECTORS : FLOPPY_SECTORS;
  const image = await open(path, 'w');
  try {
    await image.truncate((startSector + sectors) * SECTOR);
    if (startSector > 0) await image.write(table === 'mbr' ? mbr(startSector) : gpt(startSector), 0, undefined, 0);
  } finally {
    await image.close();
  }
  const drive = ['-i', `${path}@@${startSector * SECTOR}`];
  const size = ['-T', String(sectors), '-h', '2', '-s', '18'];
  execFileSync('mformat', [...drive, ...(isFat32 ? ['-F'] : []), ...size, '::']);
}

function mbr(startSector: number): Buffer {
  const sector = Buffer.alloc(SECTOR);
  sector[446 + 4] = 0x0c; // FAT32 with logical addresses
  sector.writeUInt32LE(startSector, 446 + 8);
  sector.writeUInt32LE(FLOPPY_SECTORS, 446 + 12);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

function gpt(startSector: number): Buffer {
  const sectors = Buffer.alloc(3 * SECTOR);
  sectors[446 + 4] = 0xee; // all of the disk is GPT's
  sectors.writeUInt32LE(1, 446 + 8);
  sectors.set([0x55, 0xaa], 510);
  sectors.write('EFI PART', SECTOR, 'latin1');
  sectors.writeBigUInt64LE(2n, SECTOR + 72);
  sectors.writeUInt32LE(4, SECTOR + 80);
  sectors.writeUInt32LE(128, SECTOR + 84);
  sectors.writeBigUInt64LE(BigInt(startSector), 2 * SECTOR + 128 + 32); // the second entry
  return sectors;
}

function hasMtools(): boolean {
  try {
    execFileSync('mtools', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
