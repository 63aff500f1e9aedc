// What systemd tells of the services, and what it is told.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { runIn } from '../service-status.js';
import { type Host, must, on, rootArgument } from './host.js';
import { ROLES, type Role, serviceOf } from './roles.js';

export interface ServiceState {
  readonly role: Role;
  /** systemd's word: active, activating, failed, inactive ... */
  readonly active: string;
  /** The run that it has told of. */
  readonly run: string | null;
}

/** Those that systemd knows, in the order of starting. */
export async function statesOf(host: Host): Promise<ServiceState[]> {
  const states = await Promise.all(ROLES.map((role) => stateOf(host, role)));
  return states.filter((state) => state !== null);
}

async function stateOf(host: Host, role: Role): Promise<ServiceState | null> {
  const { stdout } = await host.run('systemctl', [
    'show',
    '--property=LoadState,ActiveState,StatusText',
    serviceOf(role),
  ]);
  const properties = new Map(stdout.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));
  if (properties.get('LoadState') !== 'loaded') return null;
  return {
    role,
    active: properties.get('ActiveState') ?? 'unknown',
    run: runIn(properties.get('StatusText') ?? ''),
  };
}

/** From now on at each start of the machine. */
export async function enable(host: Host, role: Role): Promise<void> {
  await enableUnits(host, role.units);
  host.say(`${serviceOf(role)} starts with the machine`);
}

export async function enableUnits(host: Host, units: readonly string[]): Promise<void> {
  await must(host, 'systemctl', [...rootArgument(host), 'enable', '--quiet', ...units]);
}

/** Whether it starts with the machine. */
export async function isEnabled(host: Host, unit: string): Promise<boolean> {
  const { stdout } = await host.run('systemctl', [...rootArgument(host), 'is-enabled', unit]);
  return stdout.trim() === 'enabled';
}

/**
 * What prepares the service goes first, as at a start of the machine: settings that were flashed are taken over now.
 * @returns whether it runs
 */
export async function start(host: Host, role: Role): Promise<boolean> {
  for (const unit of role.units.slice(0, -1)) {
    const { ok, stderr } = await host.run('systemctl', ['start', unit]);
    if (!ok) host.say(`${unit} failed: ${stderr.trim()}\n  See: journalctl -u ${unit} -n 20`);
  }
  return set(host, role, 'start', 'runs');
}

/** @returns whether it runs again */
export function restart(host: Host, role: Role): Promise<boolean> {
  return set(host, role, 'restart', 'was restarted');
}

async function set(host: Host, role: Role, verb: 'start' | 'restart', done: string): Promise<boolean> {
  const service = serviceOf(role);
  if (!role.needs.some((path) => existsSync(on(host, path)))) {
    host.say(`${service} waits for ${role.needs.join(' or ')}. ${role.remedy} Then: sudo systemctl start ${service}`);
    return true;
  }
  const { ok, stderr } = await host.run('systemctl', [verb, service]);
  if (ok) host.say(`${service} ${done}`);
  else host.say(`${service} does not run yet: ${stderr.trim()}\n  See: journalctl -u ${service} -n 20`);
  return ok;
}

/** Files of units, groups or rules have changed. */
export async function reload(host: Host, sysusers: string): Promise<void> {
  // Given by its name alone it is sought below the root.
  if (existsSync(on(host, sysusers))) await must(host, 'systemd-sysusers', [...rootArgument(host), basename(sysusers)]);
  if (!host.isLive) return;
  await must(host, 'systemctl', ['daemon-reload']);
  // A container has no devices of its own, and no udev.
  await host.run('udevadm', ['control', '--reload']);
  await host.run('udevadm', ['trigger', '--action=add', ...SUBSYSTEMS]);
}

const SUBSYSTEMS = ['i2c-dev', 'gpio', 'leds'].map((name) => `--subsystem-match=${name}`);
