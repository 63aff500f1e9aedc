// Images of boards, each built from nothing by its recipe's build.sh once for each state of what it is built from, and kept:
// RINGTMP_BOARD_CACHE says where, by default in the folder for temporary files.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Requirement } from '../support/requirements.js';

/** Of the recipes, which are no TypeScript. */
export const BOARD_SOURCES = resolve(import.meta.dirname, '../../../test/board');
export const CACHE = process.env.RINGTMP_BOARD_CACHE ?? join(tmpdir(), 'ringtmp-board');
const BUILD_MS = 1_800_000;
/** Of a whole image, and of one that its process is at or has left. */
const OUR_NAME = /^[0-9a-f]{16}(\.\d+)?$/;

export interface ImageRecipe {
  /** With its build.sh. */
  readonly folder: string;
  /** A folder or file that it takes from besides. */
  readonly alsoFrom?: string;
  /** Where its images are kept: the newest alone. */
  readonly cache: string;
}

/** @returns the image's folder @throws Error with the end of the builder's output */
export async function cachedImage(recipe: ImageRecipe): Promise<string> {
  const folder = join(recipe.cache, recipeKey(recipe));
  if (!existsSync(folder)) await build(recipe, folder);
  return folder;
}

/** Devices and foreign owners on a board's disk are made by root alone. @param file names Debian's packages */
export function boardBuilder(file: string): Requirement {
  const packages = readFileSync(file, 'utf8').trim().split('\n');
  const areThere = () => spawnSync('dpkg', ['-s', ...packages], { stdio: 'ignore' }).status === 0;
  return {
    isThere: process.getuid?.() === 0 && areThere(),
    remedy: `to be root, and: apt install --no-install-recommends ${packages.join(' ')}`,
  };
}

async function build({ folder: recipe, cache }: ImageRecipe, folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(cache, { recursive: true });
  const older = (await readdir(cache)).filter((name) => OUR_NAME.test(name));
  for (const each of older) await rm(join(cache, each), { recursive: true, force: true });
  execFileSync(join(recipe, 'build.sh'), [unfinished], { timeout: BUILD_MS, stdio: ['ignore', 'inherit', 'inherit'] });
  await rename(unfinished, folder);
}

/** Of all that the image is made from; newer packages of Debian alone do not change it. */
function recipeKey({ folder, alsoFrom }: ImageRecipe): string {
  const hash = createHash('sha256').update(process.version);
  addFolder(hash, folder);
  if (alsoFrom !== undefined) addFolder(hash, alsoFrom);
  return hash.digest('hex').slice(0, 16);
}

function addFolder(hash: Hash, folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = readIfFile(join(folder, name));
    if (file) hash.update(name).update(file);
  }
}

function readIfFile(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return null;
    throw error;
  }
}
