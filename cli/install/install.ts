// Makes services of this machine's roles: files, groups, start with the machine, start now. Twice is once.

import { mkdir } from 'node:fs/promises';
import { makeFolder } from '../storage/disk-folder.js';
import { type Host, on } from './host.js';
import { checkProgram, isPackaged, type Program } from './program.js';
import type { Role } from './roles.js';
import { enable, reload, start } from './services.js';
import { filesOf, SYSUSERS, writeFiles } from './system-files.js';
import { takeOver } from './upgrade.js';

const SETTINGS = '/etc/ringtmp';
const CLOSED = 0o700;

/**
 * @returns whether all that could be started runs
 * @throws ConfigurationError when the machine or the program is not fit for it
 */
export async function install(host: Host, program: Program, roles: readonly Role[]): Promise<boolean> {
  checkProgram(host, program);
  await makeFolder(on(host, SETTINGS));
  if (roles.some(({ name }) => name === 'broker')) await makeRoomForCredentials(host);
  let isWell = true;
  if (isPackaged(host)) {
    host.say('the units are those of the Debian package');
    isWell = await takeOver(host, program);
  } else await writeFiles(host, program, roles.flatMap(filesOf));
  await reload(host, SYSUSERS);
  for (const role of roles) await enable(host, role);
  if (!host.isLive) return true;
  const running = [isWell];
  for (const role of roles) running.push(await start(host, role));
  return !running.includes(false);
}

/** systemd makes this folder at the broker's first start, and hands it over then; but clients are added before. */
async function makeRoomForCredentials(host: Host): Promise<void> {
  await mkdir(on(host, '/var/lib/ringtmp-broker'), { recursive: true, mode: CLOSED });
}
