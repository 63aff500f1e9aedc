// The files that services take beside the program: units, groups, rules for devices. Written only where they differ, so
// that installing twice changes nothing.

import { lstat, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diskFolder, makeFolder } from '../storage/disk-folder.js';
import { replaceFile } from '../storage/folder.js';
import { storageError } from '../storage/storage-error.js';
import { type Host, on } from './host.js';
import { type Program, startingThis } from './program.js';
import type { Role } from './roles.js';

export interface SystemFile {
  /** In the program's folder `systemd`. */
  readonly source: string;
  /** On the machine. */
  readonly path: string;
}

export const SYSUSERS = '/etc/sysusers.d/ringtmp.conf';
/** An administrator's place for units, and so this command's (systemd.unit(5)). */
export const UNITS = '/etc/systemd/system';
const READABLE = 0o644;

/** What a board needs for its pins. */
const DEVICES: readonly SystemFile[] = [
  { source: 'ringtmp.sysusers', path: SYSUSERS },
  { source: 'ringtmp.rules', path: '/etc/udev/rules.d/60-ringtmp.rules' },
];

export function filesOf({ name, units }: Role): SystemFile[] {
  const own = units.map((unit) => ({ source: unit, path: `${UNITS}/${unit}` }));
  return name === 'agent' ? [...DEVICES, ...own] : own;
}

/** @returns the paths of those that were not there before */
export async function writeFiles(host: Host, program: Program, files: readonly SystemFile[]): Promise<string[]> {
  const added: string[] = [];
  for (const file of files) if (await writeOne(host, program, file)) added.push(file.path);
  return added;
}

/** @returns whether it was not there before */
async function writeOne(host: Host, program: Program, { source, path }: SystemFile): Promise<boolean> {
  const text = startingThis(await readFile(join(program.folder, 'systemd', source), 'utf8'), program);
  const target = on(host, path);
  const old = await readFile(target, 'utf8').catch(() => null);
  if (old === text) return false;
  if (await isLink(target)) {
    host.say(`${path} is a link, as of a unit that is masked, and is left so`);
    return false;
  }
  await makeFolder(dirname(target));
  // As a whole: a power cut must not leave half a unit at the next start.
  await replaceFile(diskFolder(dirname(target)), basename(target), Buffer.from(text), READABLE);
  host.say(old === null ? `wrote ${path}` : `renewed ${path}`);
  return old === null;
}

export async function removeFiles(host: Host, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const target = on(host, path);
    if ((await readFile(target).catch(() => null)) === null) continue;
    await rm(target).catch((cause) => Promise.reject(storageError(dirname(target), cause)));
    host.say(`removed ${path}`);
  }
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (file) => file.isSymbolicLink(),
    () => false,
  );
}
