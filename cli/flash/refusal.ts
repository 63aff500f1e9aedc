// What a board says of a configuration that it refused, for as long as nothing better is flashed: beside its settings, and
// on the boot partition, for whoever takes out the card. The one may be full, the other mounted for reading only, or for root.

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AGENT_FILE } from '../config/agent-file.js';
import { REASON } from './boot-files.js';

/** Where Debian and Raspberry Pi OS mount it. */
export const BOOT_PARTITION = '/boot/firmware';
export const BOARD_FOLDER = dirname(AGENT_FILE);
/** The reason, beside the settings. */
export const REFUSED = 'refused.txt';

/** Whoever has the card may have written anything there. */
const LONGEST = 1_000;

/** @returns null where nothing was refused, or nobody lets us look */
export async function readRefusal(boot = BOOT_PARTITION, etc = BOARD_FOLDER): Promise<string | null> {
  for (const path of [join(etc, REFUSED), join(boot, REASON)]) {
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text !== null) return text.trim().slice(0, LONGEST);
  }
  return null;
}
