// Where a process keeps what outlives it, when nobody says where: by the XDG base directory specification.
// https://specifications.freedesktop.org/basedir-spec/latest/

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** @param levels below RingTMP's own, such as a board's name */
export function stateFolder(...levels: readonly string[]): string {
  const { XDG_STATE_HOME: base = '' } = process.env;
  return join(isAbsolute(base) ? base : join(homedir(), '.local/state'), 'ringtmp', ...levels);
}
