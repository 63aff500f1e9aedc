// The virtual board's kernel and disk.

import { join } from 'node:path';
import { BOARD_SOURCES, boardBuilder, CACHE, cachedImage } from './image-cache.js';

export interface BoardImage {
  readonly kernel: string;
  readonly initrd: string;
  /** Raw, with one ext4 file system: to be copied for each board. */
  readonly root: string;
}

export const BOARD_BUILDER = boardBuilder(join(BOARD_SOURCES, 'debian-packages'));

/** @throws Error with the end of the builder's output */
export async function boardImage(): Promise<BoardImage> {
  const folder = await cachedImage({ folder: join(BOARD_SOURCES, 'recipe'), cache: CACHE });
  return {
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd.gz'),
    root: join(folder, 'root.img'),
  };
}
