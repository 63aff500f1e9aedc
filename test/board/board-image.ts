// The virtual board's kernel and disk, built from nothing by recipe/build.sh once for each state of what it is built
// from, and kept: RINGTMP_BOARD_CACHE says where, by default in the folder for temporary files.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Requirement } from '../support/requirements.js';

const SOURCES = resolve(import.meta.dirname, '../../../test/board');
const RECIPE = join(SOURCES, 'recipe');
const PACKAGES = readFileSync(join(SOURCES, 'debian-packages'), 'utf8').trim().split('\n');
const CACHE = process.env.RINGTMP_BOARD_CACHE ?? join(tmpdir(), 'ringtmp-board');
const BUILD_MS = 600_000;
/** Of a whole image, and of one that its process is at or has left. */
const OUR_NAME = /^[0-9a-f]{16}(\.\d+)?$/;

export interface BoardImage {
  readonly kernel: string;
  readonly initrd: string;
  /** Raw, with one ext4 file system: to be copied for each board. */
  readonly root: string;
}

/** Devices and foreign owners on the board's disk are made by root alone. */
export const BOARD_BUILDER: Requirement = { isThere: process.getuid?.() === 0 && hasPackages(), remedy: remedy() };

/** @throws Error with the end of the builder's output */
export async function boardImage(): Promise<BoardImage> {
  const folder = join(CACHE, recipeKey());
  if (!existsSync(folder)) await build(folder);
  return {
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd.gz'),
    root: join(folder, 'root.img'),
  };
}

async function build(folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(CACHE, { recursive: true });
  const older = (await readdir(CACHE)).filter((name) => OUR_NAME.test(name));
  for (const each of older) await rm(join(CACHE, each), { recursive: true, force: true });
  execFileSync(join(RECIPE, 'build.sh'), [unfinished], { timeout: BUILD_MS, stdio: ['ignore', 'inherit', 'inherit'] });
  await rename(unfinished, folder);
}

/** Of all that the image is made from; newer packages of Debian alone do not change it. */
function recipeKey(): string {
  const hash = createHash('sha256').update(process.version);
  for (const name of readdirSync(RECIPE, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = readIfFile(join(RECIPE, name));
    if (file) hash.update(name).update(file);
  }
  return hash.digest('hex').slice(0, 16);
}

function readIfFile(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return null;
    throw error;
  }
}

function hasPackages(): boolean {
  return spawnSync('dpkg', ['-s', ...PACKAGES], { stdio: 'ignore' }).status === 0;
}

function remedy(): string {
  return `to be root, and: apt install --no-install-recommends ${PACKAGES.join(' ')}`;
}
