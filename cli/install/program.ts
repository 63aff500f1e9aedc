// The program that the units start: this one, where it lies now, run by the Node that runs it now.

import { existsSync, lstatSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../../errors.js';
import { type Host, on } from './host.js';

export interface Program {
  /** The folder with package.json. */
  readonly folder: string;
  /** Of Node. */
  readonly node: string;
}

/** Where the units as they are shipped have them, and the Debian package puts the program. */
const PACKAGED: Program = { folder: '/usr/lib/ringtmp', node: '/usr/bin/node' };
const MAIN = '/dist/cli/main.js';
const PACKAGED_UNITS = '/usr/lib/systemd/system';
/** Units with ProtectHome=yes see nothing there. */
const HIDDEN = /^\/(?:home|root|run\/user)\//;
/** What has a meaning of its own in a unit (systemd.service(5), COMMAND LINES; systemd.unit(5), SPECIFIERS). */
const PLAIN_PATH = /^[\w./@+-]+$/;

export function thisProgram(): Program {
  return { folder: fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, ''), node: process.execPath };
}

/** Whether the Debian package has put the units where they belong. */
export function isPackaged(host: Host): boolean {
  return existsSync(on(host, `${PACKAGED_UNITS}/ringtmp-agent.service`));
}

/** @throws ConfigurationError when a unit could not start it from there */
export function checkProgram(host: Host, program: Program): void {
  const isPackage = isPackaged(host);
  if (isPackage && program.folder !== PACKAGED.folder) {
    throw new ConfigurationError(
      `the Debian package ringtmp is installed, and this is another one, in ${program.folder}`,
      {
        remedy: 'Use its command, /usr/bin/ringtmp, or remove it first: sudo apt remove ringtmp',
      },
    );
  }
  const { folder, node } = isPackage ? PACKAGED : program; // its units take no other Node
  for (const path of [folder, node]) {
    if (PLAIN_PATH.test(path) && !(host.isLive && HIDDEN.test(path))) continue;
    throw new ConfigurationError(`a service cannot start ${path}: ${fault(path)}`, {
      remedy: 'Install it for the whole machine: sudo npm install -g ringtmp-<version>.tgz, or the Debian package.',
    });
  }
  if (!host.isLive) checkTree(host, { folder, node });
}

/** In another system's tree the units start what lies there, at the same place. */
function checkTree(host: Host, { folder, node }: Program): void {
  for (const path of [folder + MAIN, node]) {
    if (lstatSync(on(host, path), { throwIfNoEntry: false })) continue; // a link of that system may lead nowhere here
    throw new ConfigurationError(`there is no ${path} in ${host.root}, and the services there would start it`, {
      remedy: 'Put Node.js and RingTMP there first, at the same place as here, or the Debian package (dpkg --root).',
    });
  }
}

function fault(path: string): string {
  return HIDDEN.test(path) ? 'services do not see the home folders' : 'its path has characters that units do not take';
}

/** Whether a unit starts a copy of this program, but not the Debian package's. */
export function startsAnother(unit: string): boolean {
  return unit.includes(MAIN) && !unit.includes(PACKAGED.folder + MAIN);
}

/** A unit as it is shipped, changed to start this program. */
export function startingThis(unit: string, { folder, node }: Program): string {
  return unit.replaceAll(PACKAGED.folder, folder).replaceAll(PACKAGED.node, node);
}
