// Takes services away again. Settings, credentials and runs are deleted only by someone who says so.

import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { hidingFiles } from './hidden-units.js';
import { type Host, on } from './host.js';
import { isPackaged } from './program.js';
import type { Role } from './roles.js';
import { reload } from './services.js';
import { stopForGood } from './stop.js';
import { filesOf, removeFiles, SYSUSERS } from './system-files.js';

/** Whether these files and folders may be deleted. */
export type Confirm = (paths: readonly string[]) => Promise<boolean>;

/** @throws CommandError when a service cannot be stopped; then nothing is deleted */
export async function uninstall(host: Host, roles: readonly Role[], mayDelete: Confirm): Promise<void> {
  for (const role of roles) await stopForGood(host, role);
  const paths = isPackaged(host) ? await hiding(host, roles) : roles.flatMap(filesOf).map(({ path }) => path);
  await removeFiles(host, paths);
  await reload(host, SYSUSERS);
  if (isPackaged(host)) host.say('the program and its units go with the package: sudo apt remove ringtmp');
  const data = roles.flatMap((role) => role.data).filter((path) => existing(host, path).length > 0);
  if (data.length === 0) return;
  if (await mayDelete(data)) await deleteAll(host, data);
  else for (const path of data) host.say(`kept ${path}`);
}

async function hiding(host: Host, roles: readonly Role[]): Promise<string[]> {
  return (await Promise.all(roles.map((role) => hidingFiles(host, role)))).flat();
}

async function deleteAll(host: Host, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    for (const each of existing(host, path)) await rm(on(host, each), { recursive: true, force: true });
    host.say(`deleted ${path}`);
  }
  await rmdir(on(host, '/etc/ringtmp')).catch(() => undefined); // another role's settings are in there
}

/** Under DynamicUser= a state folder is a link to one that others cannot enter (systemd.exec(5)). */
function existing(host: Host, path: string): string[] {
  const both = new Set([path, path.replace(/^\/var\/lib\//, '/var/lib/private/')]);
  return [...both].filter((each) => existsSync(on(host, each)));
}
