// Lets the services run a program that was replaced under them: renews the units and restarts what runs, whoever is
// needed first. A run would not survive that, so one that is on prevents it.

import { existsSync } from 'node:fs';
import { CommandError } from '../../errors.js';
import { type Host, on } from './host.js';
import { checkProgram, isPackaged, type Program } from './program.js';
import { ROLES, serviceOf } from './roles.js';
import { reload, restart, type ServiceState, statesOf } from './services.js';
import { filesOf, SYSUSERS, writeFiles } from './system-files.js';

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
  if (!isPackaged(host)) {
    const installed = ROLES.flatMap(filesOf).filter(({ path }) => existsSync(on(host, path)));
    if (installed.length === 0) host.say('no service is installed here: sudo ringtmp install <role>');
    await writeFiles(host, program, installed);
  }
  await reload(host, SYSUSERS);
  const running: boolean[] = [];
  for (const { role, active } of states) {
    if (RUNS.includes(active)) running.push(await restart(host, role));
    else host.say(`${serviceOf(role)} did not run, and is left so`);
  }
  return !running.includes(false);
}

function refuseDuringRun(states: readonly ServiceState[]): void {
  const busy = states.find(({ run }) => run !== null);
  if (!busy) return;
  throw new CommandError(`the run ${busy.run} is on, and restarting ${serviceOf(busy.role)} would end it`, {
    remedy: 'Wait for its end or stop it (`ringtmp stop`), or add --force.',
  });
}
