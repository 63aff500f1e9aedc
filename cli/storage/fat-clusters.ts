// What stands in the clusters of a file of a FAT in an image. mtools frees clusters without overwriting them, and takes
// what it writes from files; so a secret's bytes are put in place, and wiped, here. Which clusters are whose stays mtools'
// business. (Microsoft's FAT32 specification, "Boot Sector and BPB" and "FAT Data Structure".)

import { type FileHandle, open } from 'node:fs/promises';
import { ConfigurationError } from '../../errors.js';

const BOOT_SECTOR_BYTES = 512;
const ROOT_ENTRY_BYTES = 32;
/** What the first cluster of the data is called. */
const FIRST_CLUSTER = 2;

export interface Clusters {
  /** Where the file system begins in the image, in bytes. */
  readonly start: number;
  /** As `mshowfat` tells them: `::/ringtmp.key <2-7> <9>`. */
  readonly listing: string;
}

/** In bytes of the image. */
interface Extent {
  readonly offset: number;
  readonly length: number;
}

/**
 * Overwrites a file's clusters to their ends, where they are; what the new bytes do not fill becomes zeros.
 * @param old what the file holds: found again in the clusters, it proves that they are the file's
 */
export async function overwriteClusters(path: string, clusters: Clusters, old: Buffer, bytes: Uint8Array) {
  const image = await open(path, 'r+');
  try {
    const extents = await extentsOf(image, clusters);
    const found = await Promise.all(extents.map((extent) => read(image, extent)));
    const isWhole = Buffer.concat(found).subarray(0, old.length).equals(old);
    if (!isWhole) throw elsewhere(path, clusters.listing);
    let rest = Buffer.from(bytes);
    for (const { offset, length } of extents) {
      const piece = Buffer.alloc(length);
      rest.copy(piece);
      rest = rest.subarray(length);
      await image.write(piece, 0, length, offset);
    }
    await image.sync();
  } finally {
    await image.close();
  }
}

async function extentsOf(image: FileHandle, { start, listing }: Clusters): Promise<Extent[]> {
  const { dataOffset, clusterBytes } = layoutOf(await read(image, { offset: start, length: BOOT_SECTOR_BYTES }));
  return [...listing.matchAll(/<(\d+)(?:-(\d+))?>/g)].map(([, first, last = first]) => ({
    offset: start + dataOffset + (Number(first) - FIRST_CLUSTER) * clusterBytes,
    length: (Number(last) - Number(first) + 1) * clusterBytes,
  }));
}

/** The boot sector, the FATs and the root folder (none in FAT32) come before the data. */
function layoutOf(bootSector: Buffer): { readonly dataOffset: number; readonly clusterBytes: number } {
  const sectorBytes = bootSector.readUInt16LE(11);
  const reservedSectors = bootSector.readUInt16LE(14);
  const fats = bootSector.readUInt8(16);
  const rootEntries = bootSector.readUInt16LE(17);
  const fatSectors = bootSector.readUInt16LE(22) || bootSector.readUInt32LE(36);
  const rootSectors = Math.ceil((rootEntries * ROOT_ENTRY_BYTES) / sectorBytes);
  return {
    dataOffset: (reservedSectors + fats * fatSectors + rootSectors) * sectorBytes,
    clusterBytes: bootSector.readUInt8(13) * sectorBytes,
  };
}

async function read(image: FileHandle, { offset, length }: Extent): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  await image.read(buffer, 0, length, offset);
  return buffer;
}

function elsewhere(path: string, listing: string): ConfigurationError {
  return new ConfigurationError(`${path}: what it holds is not where its table of clusters says (${listing.trim()})`, {
    remedy:
      'Look whether the image is sound (fsck.fat), and whether another program writes to it; or begin from the original.',
  });
}
