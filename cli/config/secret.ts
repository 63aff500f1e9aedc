// Reads a password from a file. One that others may read is refused, as ssh does: whoever has it is the board.

import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigurationError } from '../../errors.js';

const OTHERS = 0o077;

/**
 * @param credentialsFolder where systemd hands files over: it guards the folder, and the mode of what is in there tells
 * nothing (with an access list the group's bits are its mask, acl(5))
 */
export function readSecret(path: string, credentialsFolder = process.env.CREDENTIALS_DIRECTORY): string {
  const secret = attempt(path, () => readFileSync(path, 'utf8').trimEnd());
  const isHandedOver = credentialsFolder !== undefined && dirname(resolve(path)) === resolve(credentialsFolder);
  if (!isHandedOver) refuseOpenFile(path);
  if (secret !== '') return secret;
  throw new ConfigurationError(`the password file ${path} is empty`, {
    remedy: 'Write the password there, or make a new one with `ringtmp credentials`.',
  });
}

function refuseOpenFile(path: string): void {
  const found = attempt(path, () => statSync(path));
  const mode = found.mode & 0o777;
  // A pipe belongs to who opened it: --password-file <(pass show fleet)
  if (!found.isFile() || (mode & OTHERS) === 0) return;
  throw new ConfigurationError(`the password file ${path} can be read by others (mode 0${mode.toString(8)})`, {
    remedy: `Let its owner alone read it: chmod 600 ${path}`,
  });
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new ConfigurationError(`cannot read the password file ${path}: ${(cause as Error).message}`, {
      remedy: 'Name a file that holds the password that `ringtmp credentials add` printed.',
      cause,
    });
  }
}
