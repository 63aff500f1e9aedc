// The error for a file that cannot be read at all. A missing data set is the first thing a newcomer
// meets, so the remedy names the package where it is known.

import { DataError } from '../errors.js';

const FASHION_MNIST = '/usr/share/datasets/fashion-mnist/';

/** Runs read their data where the master is, but for those whose boards have them. */
export const WHO_READS =
  "the master (`ringtmp master --data <folder>`; with data: local the board's, `ringtmp agent --data`)";

export function unreadable(path: string, cause: unknown): DataError {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOENT') {
    return new DataError(`there is no file ${path}`, { cause, remedy: remedyFor(path) });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DataError(`${path} cannot be read: ${reason}`, {
    cause,
    remedy: 'Name a regular file that this user may read.',
  });
}

function remedyFor(path: string): string {
  return path.startsWith(FASHION_MNIST)
    ? 'Run: sudo apt install dataset-fashion-mnist'
    : `Put the file there or correct the path: a relative one starts at the data folder of ${WHO_READS}.`;
}
