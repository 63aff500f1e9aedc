// The folder that --output or another option names, made before anything is measured: better refused now than after an hour.

import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigurationError } from '../errors.js';

/**
 * @param option that names it
 * @throws ConfigurationError when it cannot be made, or not be written to
 */
export async function makeOutputFolder(folder: string, option = '--output'): Promise<void> {
  await makeWritable(resolve(folder)).catch((cause: Error) => {
    throw new ConfigurationError(`cannot write to ${folder}: ${cause.message}`, {
      remedy: `Name another folder with ${option}.`,
      cause,
    });
  });
}

async function makeWritable(folder: string): Promise<void> {
  await make(folder);
  await access(folder, constants.W_OK);
}

/** Not by mkdir's own `recursive`: where a file system makes no folders, as /proc, that never ends in Node.js 20. */
async function make(folder: string): Promise<void> {
  const error = await tried(folder);
  if (error?.code === 'ENOENT' && dirname(folder) !== folder) {
    await make(dirname(folder));
    const again = await tried(folder);
    if (again) throw again;
  } else if (error) {
    throw error;
  }
}

/** @returns null when it is there, and a folder */
async function tried(folder: string): Promise<NodeJS.ErrnoException | null> {
  try {
    await mkdir(folder);
    return null;
  } catch (error) {
    const isThere = await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    );
    return isThere ? null : (error as NodeJS.ErrnoException);
  }
}
