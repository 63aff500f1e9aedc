// The two files on the boot partition, and the order in which they come and go. FAT replaces one name at a time, and a
// power cut may come between any two steps; so each step leaves a pair that is whole, the old one or the new one:
//
//   write    key.new   yaml.new          ringtmp.key, ringtmp.yaml: the old pair, whole
//   scrub    key                         key.new, yaml.new: the new pair, whole
//   rename   key.new -> key              ringtmp.key, yaml.new: the new pair, whole
//   rename   yaml.new -> yaml            ringtmp.key, ringtmp.yaml: the new pair
//
// and once the board has them in /etc, for good:
//
//   rename   yaml -> taken               from here on what is left is only swept up
//   scrub    the others, then taken

import { type Folder, UNFINISHED, unlessItFails } from '../storage/folder.js';
import { type BoardFiles, sealed, unsealed } from './sealed.js';

export const SETTINGS = 'ringtmp.yaml';
export const KEY = 'ringtmp.key';
/** Why the board refused what was flashed. */
export const REASON = 'ringtmp-error.txt';
const TAKEN = 'ringtmp.taken';

const NEW_SETTINGS = SETTINGS + UNFINISHED;
const NEW_KEY = KEY + UNFINISHED;

/** What a reader may find, the more recent last: the seal tells which pair is whole. */
const PAIRS = [
  [SETTINGS, KEY],
  [NEW_SETTINGS, KEY],
  [NEW_SETTINGS, NEW_KEY],
] as const;

export async function putFiles(boot: Folder, files: BoardFiles): Promise<void> {
  await sweepUpIfTaken(boot);
  await finishEarlier(boot);
  await unlessItFails(boot, [KEY, SETTINGS], async () => {
    await boot.write(NEW_KEY, files.key);
    await boot.write(NEW_SETTINGS, sealed(files));
  });
  await renameKey(boot);
  await boot.rename(NEW_SETTINGS, SETTINGS);
}

/** A rename would free the old password's clusters as they are. */
async function renameKey(boot: Folder): Promise<void> {
  await boot.scrub(KEY);
  await boot.rename(NEW_KEY, KEY);
}

/** @returns the pair that is whole; `broken` when there are files, but no such pair; `none` without any */
export async function readFiles(boot: Folder): Promise<BoardFiles | 'broken' | 'none'> {
  await sweepUpIfTaken(boot);
  const { pair, isEmpty } = await findPair(boot);
  return pair?.files ?? (isEmpty ? 'none' : 'broken');
}

/** A pair that was cut short before its second rename is the only whole one: nothing may be written over it. */
async function finishEarlier(boot: Folder): Promise<void> {
  const { pair } = await findPair(boot);
  if (pair?.key === NEW_KEY) await renameKey(boot);
  if (pair?.settings === NEW_SETTINGS) await boot.rename(NEW_SETTINGS, SETTINGS);
}

async function findPair(boot: Folder) {
  const found = new Map<string, Buffer>();
  for (const name of new Set(PAIRS.flat())) {
    const bytes = await boot.read(name);
    if (bytes !== null) found.set(name, bytes);
  }
  const bytesOf = (name: string): Buffer => found.get(name) ?? Buffer.alloc(0);
  const pairs = PAIRS.flatMap(([settings, key]) => {
    const files = unsealed(bytesOf(settings), bytesOf(key));
    return files ? [{ settings, key, files }] : [];
  });
  return { pair: pairs[0], isEmpty: found.size === 0 };
}

/** Once they are elsewhere, for good. */
export async function removeFiles(boot: Folder): Promise<void> {
  const isThere = (await boot.read(SETTINGS)) !== null;
  await boot.rename(isThere ? SETTINGS : NEW_SETTINGS, TAKEN);
  await sweepUp(boot);
}

async function sweepUpIfTaken(boot: Folder): Promise<void> {
  const isTaken = (await boot.read(TAKEN)) !== null && (await boot.read(SETTINGS)) === null;
  if (isTaken) await sweepUp(boot);
}

/** The marker last: as long as it is there, this is not done. */
async function sweepUp(boot: Folder): Promise<void> {
  for (const name of [KEY, NEW_KEY, NEW_SETTINGS, REASON, TAKEN]) await boot.scrub(name);
}
