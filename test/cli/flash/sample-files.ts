// Two configurations of one board, and what is in a folder that holds one.

import { type BoardFiles, sealed, withHeader } from '../../../cli/flash/sealed.js';
import type { Files } from '../storage/cut-folder.js';

export const OLD = filesOf('pi-1', 'broker: mqtt://10.0.0.1\n', 'old-password');
export const NEW = filesOf('pi-1', 'broker: mqtt://10.0.0.2\nfleet: attic\n', 'new-password');

export function filesOf(id: string, yaml: string, password: string): BoardFiles {
  return { settings: withHeader(id, `id: ${id}\n${yaml}`), key: Buffer.from(`${password}\n`) };
}

/** On a boot partition. */
export function flashed(files: BoardFiles): Files {
  return { 'ringtmp.yaml': sealed(files).toString(), 'ringtmp.key': files.key.toString() };
}

/** In /etc/ringtmp. */
export function installed(files: BoardFiles): Files {
  return { 'agent.yaml': files.settings.toString(), 'agent.key': files.key.toString() };
}
