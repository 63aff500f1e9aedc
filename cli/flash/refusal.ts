// What a board says of a configuration that it refused, for as long as nothing better is flashed.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REASON } from './boot-files.js';

/** Where Debian and Raspberry Pi OS mount it. */
export const BOOT_PARTITION = '/boot/firmware';

/** Whoever has the card may have written anything there. */
const LONGEST = 1_000;

/** @returns null where nothing was refused, or nobody lets us look */
export async function readRefusal(boot = BOOT_PARTITION): Promise<string | null> {
  const text = await readFile(join(boot, REASON), 'utf8').catch(() => null);
  return text?.trim().slice(0, LONGEST) ?? null;
}
