// Writes a board's files to a boot partition, unless what is there already belongs to somebody else.

import { ConfigurationError, RunError } from '../../errors.js';
import type { Folder } from '../storage/folder.js';
import { KEY, putFiles, REASON, readFiles, SETTINGS } from './boot-files.js';
import { type BoardFiles, originOf } from './sealed.js';

export interface FlashOptions {
  /** Replaces what another wrote, and another board's files. */
  readonly force?: boolean;
  /** Reads back what was written. */
  readonly verify?: boolean;
}

/** What a password file of ours may hold, or the beginning of one. */
const KEY_PATTERN = /^[\w-]{0,256}\n?$/;

/** @returns why the board refused what it was given before, if it did */
export async function flashBoard(
  boot: Folder,
  id: string,
  files: BoardFiles,
  options: FlashOptions,
): Promise<string | null> {
  await checkPlace(boot, id, options);
  const reason = await boot.read(REASON);
  await putFiles(boot, files);
  await boot.scrub(REASON);
  if (options.verify) await verify(boot, files);
  return reason?.toString().trim() ?? null;
}

/** @throws ConfigurationError when files of these names are not ours to replace */
export async function checkPlace(boot: Folder, id: string, { force = false }: FlashOptions): Promise<void> {
  if (force) return;
  const settings = await boot.read(SETTINGS);
  const key = await boot.read(KEY);
  const origin = settings && originOf(settings);
  if (origin && !origin.ours) throw foreign(boot, SETTINGS);
  if (key && !KEY_PATTERN.test(key.toString('latin1'))) throw foreign(boot, KEY);
  if (!origin?.id || origin.id === id) return;
  throw new ConfigurationError(
    `${boot.name} holds the configuration of board ${origin.id}, which has not taken it yet`,
    {
      remedy: `Put in the card of ${id}, or make this one ${id}'s with --force.`,
    },
  );
}

function foreign({ name }: Folder, file: string): ConfigurationError {
  return new ConfigurationError(`${name} holds a file ${file} that \`ringtmp flash\` did not write`, {
    remedy: 'Move it elsewhere, or replace it with --force.',
  });
}

async function verify(boot: Folder, { settings, key }: BoardFiles): Promise<void> {
  const found = await readFiles(boot);
  if (typeof found !== 'string' && found.settings.equals(settings) && found.key.equals(key)) return;
  throw new RunError(`${boot.name} does not hold what was written to it`, {
    remedy: 'Try again; if that does not help, the card is worn out: take another.',
  });
}
