// A new file for a password, which its owner alone may read. The file comes first: a password that cannot be kept
// should not be made.

import { type FileHandle, open, rm } from 'node:fs/promises';
import { ConfigurationError } from '../errors.js';

/** @param make the password, without a line's end */
export async function fillNewSecret(path: string, make: () => Promise<string>): Promise<void> {
  const file = await openNew(path);
  try {
    await file.writeFile(`${await make()}\n`);
    await file.sync();
    await file.close();
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isThere = code === 'EEXIST';
    throw new ConfigurationError(isThere ? `${path} exists already` : `cannot write ${path}: ${message}`, {
      remedy: isThere ? 'Name a new file, or remove that one if its password is not needed.' : 'Choose another path.',
      cause,
    });
  }
}
