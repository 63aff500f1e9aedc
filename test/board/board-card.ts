// What a board boots from: its own disk, and the FAT partition that an operator's computer can write, too.

import { execFile } from 'node:child_process';
import { constants, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BoardImage } from './board-image.js';

export interface BoardCard {
  readonly disk: string;
  /** An image of the partition alone. */
  readonly bootPartition: string;
}

const BOOT_PARTITION_KIB = 16 * 1024;
const run = promisify(execFile);

export async function makeCard(image: BoardImage, folder: string): Promise<BoardCard> {
  const card = { disk: join(folder, 'disk.img'), bootPartition: join(folder, 'boot.img') };
  await copyFile(image.root, card.disk, constants.COPYFILE_FICLONE);
  await run('mkfs.vfat', ['-n', 'BOOTFS', '-C', card.bootPartition, `${BOOT_PARTITION_KIB}`]);
  // As on a Raspberry Pi's: by it a boot partition is known.
  const config = join(folder, 'config.txt');
  await writeFile(config, 'dtparam=i2c_arm=on\n');
  await run('mcopy', ['-i', card.bootPartition, config, '::/']);
  return card;
}

/** The names of the files there, in lower case: FAT does not tell them apart. */
export async function filesOnBootPartition({ bootPartition }: BoardCard): Promise<string[]> {
  const { stdout } = await run('mdir', ['-b', '-i', bootPartition, '::/']);
  return stdout
    .trim()
    .split('\n')
    .map((path) => path.replace('::/', '').toLowerCase());
}
