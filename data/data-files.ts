// Which files a run may read: those in the data folders of the master, or of the board that reads its own. A run comes over the network from
// whoever may give orders, and the texts of errors quote what a file holds.

import { realpath, stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { DataError } from '../errors.js';
import { unreadable, WHO_READS } from './unreadable.js';

/** Where Debian's packages put data sets: everybody may read them. */
const PUBLIC_FOLDER = '/usr/share/datasets';

export interface DataFile {
  /** As the run file names it. */
  readonly name: string;
  /** A larger one is refused before it is opened. */
  readonly mostBytes: number;
}

/**
 * A regular file in one of `folders`, or in the folder of public data sets.
 * @param folders a relative name starts in the first of them that has it
 * @returns its absolute path
 * @throws DataError when it is elsewhere, also by a link, absent, no regular file, or too large
 */
export async function findDataFile(folders: readonly string[], { name, mostBytes }: DataFile): Promise<string> {
  const allowed = [...folders.map((folder) => resolve(folder)), PUBLIC_FOLDER];
  const roots = [...allowed, ...(await Promise.all(allowed.map(realPath)))];
  const paths = allowed.map((folder) => resolve(folder, name));
  // By the names alone first: of what is elsewhere not even its existence is told.
  const path = await firstThere(paths.filter((path) => isWithin(roots, path)));
  if (path === undefined) throw elsewhere(paths[0] as string, folders);
  const real = await realpath(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (!isWithin(roots, real)) throw elsewhere(path, folders);
  await checkFile(path, mostBytes);
  return path;
}

/** The first one when none is there. */
async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return paths[0];
}

function realPath(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder);
}

function isWithin(folders: readonly string[], path: string): boolean {
  return folders.some((folder) => {
    const way = relative(folder, path);
    return way !== '..' && !way.startsWith(`..${sep}`);
  });
}

async function checkFile(path: string, mostBytes: number): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (!found.isFile()) {
    throw new DataError(`${path} is no regular file`, {
      remedy: 'Name a regular file, no folder, pipe or device.',
    });
  }
  if (found.size <= mostBytes) return;
  throw new DataError(`${path} has ${found.size} bytes, more than the ${mostBytes} that are read of such a file`, {
    remedy: 'Use fewer rows or images: data are held in memory.',
  });
}

function elsewhere(path: string, folders: readonly string[]): DataError {
  const where = folders.join(', ') || 'none';
  return new DataError(`${path} is outside of the data folders (${where})`, {
    remedy: `Put the file there, or add its folder to those of ${WHO_READS}.`,
  });
}
