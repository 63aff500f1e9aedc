// Where in an image the FAT file system begins: at once, or in a partition of an MBR or GPT table. (UEFI 2.10, 5.2.1 and
// 5.3; the FAT's boot sector: Microsoft's FAT32 specification, "BPB".)

import { type FileHandle, open } from 'node:fs/promises';
import { ConfigurationError } from '../../errors.js';

const SECTOR = 512;
const MBR_ENTRIES = 446;
const MBR_ENTRY_BYTES = 16;
const MOST_GPT_ENTRIES = 128;

/** @returns its offset in bytes */
export async function findFatPartition(path: string): Promise<number> {
  const image = await open(path, 'r');
  try {
    for (const sector of await beginnings(image)) {
      if (isFat(await read(image, sector * SECTOR, SECTOR))) return sector * SECTOR;
    }
  } finally {
    await image.close();
  }
  throw new ConfigurationError(`${path} is no image with a FAT partition`, {
    remedy: 'Name an image of a whole card or of its boot partition (unpack one that is compressed), or a mounted one.',
  });
}

async function beginnings(image: FileHandle): Promise<number[]> {
  const first = await read(image, 0, SECTOR);
  const entries = Array.from({ length: 4 }, (_, index) => MBR_ENTRIES + index * MBR_ENTRY_BYTES);
  const ofMbr = hasSignature(first) ? entries.map((entry) => first.readUInt32LE(entry + 8)) : [];
  return [0, ...ofMbr.filter((sector) => sector > 0), ...(await ofGpt(image))];
}

async function ofGpt(image: FileHandle): Promise<number[]> {
  const header = await read(image, SECTOR, SECTOR);
  if (header.toString('latin1', 0, 8) !== 'EFI PART') return [];
  const start = Number(header.readBigUInt64LE(72)) * SECTOR;
  const count = Math.min(header.readUInt32LE(80), MOST_GPT_ENTRIES);
  const bytes = Math.min(header.readUInt32LE(84), SECTOR);
  const table = await read(image, start, count * bytes);
  return Array.from({ length: count }, (_, index) => Number(table.readBigUInt64LE(index * bytes + 32))).filter(Boolean);
}

/** A jump, the signature, and one of the names that every formatter writes. */
function isFat(sector: Buffer): boolean {
  const jumps = sector[0] === 0xeb || sector[0] === 0xe9;
  const names = [sector.toString('latin1', 54, 59), sector.toString('latin1', 82, 87)];
  return jumps && hasSignature(sector) && names.some((name) => /^FAT(12|16|32)/.test(name));
}

function hasSignature(sector: Buffer): boolean {
  return sector[510] === 0x55 && sector[511] === 0xaa;
}

/** Zeros beyond the end. */
async function read(image: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  await image.read(buffer, 0, length, offset);
  return buffer;
}
