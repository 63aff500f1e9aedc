// The Debian package has its units below /usr/lib. What `ringtmp install` of a copy from npm has written below /etc comes
// before them (systemd.unit(5), UNIT FILE LOAD PATH), so the services would go on with that copy, or with none.

import { readFile } from 'node:fs/promises';
import { type Host, must, on, rootArgument } from './host.js';
import { startsAnother } from './program.js';
import { ROLES, type Role } from './roles.js';
import { isEnabled } from './services.js';
import { filesOf, removeFiles } from './system-files.js';

/** Files of another copy in the place of the package's. An administrator's own (`systemctl edit --full`) are none. */
export async function hidingFiles(host: Host, role: Role): Promise<string[]> {
  const paths = filesOf(role).map(({ path }) => path);
  const texts = await Promise.all(paths.map((path) => textOf(host, path)));
  const packaged = await Promise.all(paths.map((path) => textOf(host, path.replace(/^\/etc\//, '/usr/lib/'))));
  // Where one unit is another copy's, that has written the others, too, and the groups and rules for devices.
  const isAnother = texts.some((text) => text !== null && startsAnother(text));
  // A unit that is masked is a link to nothing: '' is no file of anybody's.
  return paths.filter((_, index) => texts[index] && (isAnother || texts[index] === packaged[index]));
}

export async function hidesUnits(host: Host): Promise<boolean> {
  return (await Promise.all(ROLES.map((role) => hidingFiles(host, role)))).flat().length > 0;
}

/** Lets the package's units be seen. What started with the machine does so again. */
export async function uncoverUnits(host: Host): Promise<void> {
  for (const role of ROLES) {
    const paths = await hidingFiles(host, role);
    if (paths.length === 0) continue;
    const states = await Promise.all(role.units.map((unit) => isEnabled(host, unit)));
    const enabled = role.units.filter((_, index) => states[index]);
    await removeFiles(host, paths);
    // Their links lead to the files that are gone.
    if (enabled.length > 0) await must(host, 'systemctl', [...rootArgument(host), 'reenable', '--quiet', ...enabled]);
  }
}

function textOf(host: Host, path: string): Promise<string | null> {
  return readFile(on(host, path), 'utf8').catch(() => null);
}
