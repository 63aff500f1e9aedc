// Ends a role's services, and looks whether they have ended: what is deleted next may be what they write.

import { CommandError } from '../../errors.js';
import { type Host, rootArgument } from './host.js';
import type { Role } from './roles.js';
import { isEnabled } from './services.js';

const RUNS = ['active', 'activating', 'reloading', 'deactivating'];

/**
 * The service first, then what it needs. One that is not there any more is no failure.
 * @throws CommandError when one still runs, or would start with the machine again
 */
export async function stopForGood(host: Host, { units }: Role): Promise<void> {
  for (const unit of units.toReversed()) {
    if (host.isLive) await stop(host, unit);
    await disable(host, unit);
  }
}

async function stop(host: Host, unit: string): Promise<void> {
  if (!(await isActive(host, unit))) return;
  const { stderr } = await host.run('systemctl', ['stop', unit]);
  if (await isActive(host, unit)) {
    throw new CommandError(`${unit} still runs: ${reason(stderr)}`, {
      remedy: `See journalctl -u ${unit} -n 20, or end it by force (sudo systemctl kill --signal=KILL ${unit}); then try again.`,
    });
  }
  host.say(`stopped ${unit}`);
}

async function disable(host: Host, unit: string): Promise<void> {
  const { ok, stderr } = await host.run('systemctl', [...rootArgument(host), 'disable', '--quiet', unit]);
  if (await isEnabled(host, unit)) {
    throw new CommandError(`${unit} would start with the machine again: ${reason(stderr)}`, {
      remedy: `Say it to systemd yourself (sudo systemctl disable ${unit}), and try again.`,
    });
  }
  if (ok) host.say(`${unit} does not start with the machine any more`);
}

async function isActive(host: Host, unit: string): Promise<boolean> {
  const { stdout } = await host.run('systemctl', ['is-active', unit]);
  return RUNS.includes(stdout.trim());
}

function reason(stderr: string): string {
  return stderr.trim() || 'systemctl does not say why';
}
