// The program that the units start: this one, where it lies now, run by the Node that runs it now.

import { existsSync } from 'node:fs';
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
export function checkProgram(host: Host, { folder, node }: Program): void {
  if (isPackaged(host) && folder !== PACKAGED.folder) {
    throw new ConfigurationError(`the Debian package ringtmp is installed, and this is another one, in ${folder}`, {
      remedy: 'Use its command, /usr/bin/ringtmp, or remove it first: sudo apt remove ringtmp',
    });
  }
  for (const path of [folder, node]) {
    if (PLAIN_PATH.test(path) && !(host.isLive && HIDDEN.test(path))) continue;
    throw new ConfigurationError(`a service cannot start ${path}: ${fault(path)}`, {
      remedy: 'Install it for the whole machine: sudo npm install -g ringtmp-<version>.tgz, or the Debian package.',
    });
  }
}

function fault(path: string): string {
  return HIDDEN.test(path) ? 'services do not see the home folders' : 'its path has characters that units do not take';
}

/** A unit as it is shipped, changed to start this program. */
export function startingThis(unit: string, { folder, node }: Program): string {
  return unit.replaceAll(PACKAGED.folder, folder).replaceAll(PACKAGED.node, node);
}
