// What `ringtmp flash` may write to: the boot partition of a card that is mounted, or an image. Anything else is a slip:
// a card that is not mounted leaves an empty folder, and what is written there never reaches a board.

import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigurationError } from '../../errors.js';
import { diskFolder } from '../storage/disk-folder.js';
import { findFatPartition } from '../storage/fat-partition.js';
import type { Folder } from '../storage/folder.js';
import { imageFolder } from '../storage/image-folder.js';
import { storageError } from '../storage/storage-error.js';

/** What Raspberry Pis (config.txt, cmdline.txt, start*.elf), U-Boot and others boot from; Debian's kernels. */
const BOOTS =
  /^(config\.txt|cmdline\.txt|bootcode\.bin|start\w*\.elf|kernel.*\.img|vmlinuz.*|boot\.scr|extlinux|efi)$/i;

/** @param force takes a folder for a boot partition that does not look like one */
export async function openTarget(path: string, force: boolean): Promise<Folder> {
  const found = await stat(path).catch((cause) => Promise.reject(storageError(path, cause)));
  if (found.isDirectory()) return openFolder(path, found.dev, force);
  if (found.isFile()) return checked(imageFolder(path, await findFatPartition(path)), force);
  throw new ConfigurationError(`${path} is neither a folder nor an image`, {
    remedy: 'Mount the first partition of the card, and name the folder where it is.',
  });
}

async function openFolder(path: string, device: number, force: boolean): Promise<Folder> {
  const above = await stat(dirname(resolve(path)));
  if (!force && above.dev === device) {
    throw new ConfigurationError(`nothing is mounted at ${path}`, {
      remedy: 'Mount the boot partition of the card there, or write to the folder as it is with --force.',
    });
  }
  return checked(diskFolder(path), force);
}

async function checked(folder: Folder, force: boolean): Promise<Folder> {
  if (force || (await folder.list()).some((name) => BOOTS.test(name))) return folder;
  throw new ConfigurationError(`${folder.name} does not look like a boot partition: it has no config.txt, no kernel`, {
    remedy: 'Name the boot partition of a card with a system on it, or use --force if that is one.',
  });
}
