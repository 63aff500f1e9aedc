// What Node says of a file system that cannot do what it should, in words, and what helps.

import { CapacityError, ConfigurationError, RingTmpError } from '../../errors.js';

/** @param path of the folder */
export function storageError(path: string, cause: unknown): RingTmpError {
  if (cause instanceof RingTmpError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return fullError(path, cause);
  const [reason, remedy] = reasonOf(code) ?? [message, 'Look whether it is there, and whether the card is sound.'];
  return new ConfigurationError(`${path}: ${reason}`, { remedy, cause });
}

export function fullError(path: string, cause: unknown): CapacityError {
  return new CapacityError(`${path} is full; what it held is as it was`, {
    remedy: 'Make room on it, a few kilobytes do, and try again.',
    cause,
  });
}

function reasonOf(code: string | undefined): readonly [reason: string, remedy: string] | undefined {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return ['there is no such folder', 'Name one that is there; a card must be mounted.'];
    case 'EROFS':
      return ['it is mounted for reading only', 'Mount it for writing; a card may have a lock switch.'];
    case 'EACCES':
    case 'EPERM':
      return ['you may not write there', 'Use sudo, or mount it as your own.'];
    case 'EISDIR':
      return ['a folder stands in the place of a file', 'Move it elsewhere.'];
    default:
      return undefined;
  }
}
