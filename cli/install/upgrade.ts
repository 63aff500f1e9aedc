// Lets the services run a program that was replaced under them: renews the units and restarts what runs, whoever is
// needed first. A run would go on with two versions, so one that is on prevents it.

import { existsSync } from 'node:fs';
import { hidesUnits, uncoverUnits } from './hidden-units.js';
import { type Host, on } from './host.js';
import { checkProgram, isPackaged, type Program } from './program.js';
import { ROLES, type Role, serviceOf } from './roles.js';
import { refuseDuringRun } from './runs-on.js';
import { enableUnits, isEnabled, reload, restart, type ServiceState, statesOf } from './services.js';
import { filesOf, SYSUSERS, UNITS, writeFiles } from './system-files.js';

const RUNS = ['active', 'activating', 'reloading'];

/**
 * @param force also while a run is on
 * @returns whether all that ran before runs again
 * @throws CommandError when a run is on
 */
export async function upgrade(host: Host, program: Program, force: boolean): Promise<boolean> {
  checkProgram(host, program);
  const states = host.isLive ? await statesOf(host) : [];
  if (!force) refuseDuringRun(states);
  if (isPackaged(host)) await uncoverUnits(host);
  else await renewUnits(host, program);
  await reload(host, SYSUSERS);
  return restartAll(host, states);
}

/** What another copy has left in the place of the package's units; nothing else is restarted for it. */
export async function takeOver(host: Host, program: Program): Promise<boolean> {
  return (await hidesUnits(host)) ? upgrade(host, program, false) : true;
}

async function renewUnits(host: Host, program: Program): Promise<void> {
  const installed = ROLES.filter((role) => existsSync(on(host, `${UNITS}/${serviceOf(role)}`)));
  if (installed.length === 0) host.say('no service is installed here: sudo ringtmp install <role>');
  for (const role of installed) {
    const added = await writeFiles(host, program, filesOf(role));
    await enableAdded(host, role, added);
  }
}

/** Units that this version has and the one before had not start with the machine if their service does. */
async function enableAdded(host: Host, role: Role, added: readonly string[]): Promise<void> {
  const units = role.units.filter((unit) => added.includes(`${UNITS}/${unit}`));
  if (units.length > 0 && (await isEnabled(host, serviceOf(role)))) await enableUnits(host, units);
}

async function restartAll(host: Host, states: readonly ServiceState[]): Promise<boolean> {
  const running: boolean[] = [];
  for (const { role, active } of states) {
    if (RUNS.includes(active)) running.push(await restart(host, role));
    else host.say(`${serviceOf(role)} did not run, and is left so`);
  }
  return !running.includes(false);
}
