// A folder of a mounted file system. FAT has no journal, so everything is synced before the next step relies on it:
// fsync(2) of a file, and of the folder for its name.

import { chmod, type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folder } from './folder.js';
import { storageError } from './storage-error.js';

export function diskFolder(path: string): Folder {
  const at = (name: string): string => join(path, name);
  const guarded = <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((cause) => Promise.reject(storageError(path, cause)));
  return {
    name: path,
    list: () => guarded(() => readdir(path)),
    read: (name) => guarded(() => readFile(at(name)).catch(nullIfMissing)),
    write: (name, bytes, mode) =>
      guarded(async () => {
        await scrub(path, at(name)); // it may hold a password
        await using(await open(at(name), 'wx', mode ?? 0o600), async (file) => {
          // The umask has its say at the opening only. FAT has no modes, and says so.
          if (mode !== undefined) await file.chmod(mode);
          await file.writeFile(bytes);
          await file.sync();
        });
        await syncFolder(path);
      }),
    rename: (from, to) =>
      guarded(async () => {
        await rename(at(from), at(to));
        await syncFolder(path);
      }),
    scrub: (name) =>
      guarded(async () => {
        await scrub(path, at(name));
      }),
  };
}

async function scrub(folder: string, path: string): Promise<void> {
  const file = await open(path, 'r+').catch(nullIfMissing);
  if (file === null) return;
  await using(file, overwrite);
  await rm(path);
  await syncFolder(folder);
}

/** That everybody may look into, unless it is there. */
export async function makeFolder(path: string): Promise<void> {
  try {
    const isNew = (await mkdir(path, { recursive: true })) !== undefined;
    if (isNew) await chmod(path, 0o755); // whatever the umask
  } catch (cause) {
    throw storageError(path, cause);
  }
}

/** In place: the same sectors, as far as the card lets us choose. */
async function overwrite(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  await file.write(Buffer.alloc(size), 0, size, 0);
  await file.sync();
}

async function syncFolder(path: string): Promise<void> {
  await using(await open(path, 'r'), (folder) => folder.sync());
}

async function using(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file);
  } finally {
    await file.close();
  }
}

function nullIfMissing(cause: NodeJS.ErrnoException): null {
  if (cause.code === 'ENOENT') return null;
  throw cause;
}
