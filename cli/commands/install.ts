// `ringtmp install`, `uninstall` and `upgrade`: the services of a machine, under systemd.

import { setTimeout } from 'node:timers/promises';
import { Argument, type Command, Option } from 'commander';
import { ConfigurationError } from '../../errors.js';
import { ROLE_NAMES, type RoleName } from '../install/roles.js';
import { example } from '../options.js';
import { FAILURE } from '../report-failure.js';

interface Options {
  readonly root?: string;
}

interface UninstallOptions extends Options {
  readonly purge?: boolean;
  readonly keepData?: boolean;
}

interface UpgradeOptions extends Options {
  readonly force?: boolean;
  readonly wait?: boolean;
}

/** systemd is asked then whether a run is on still. */
const LOOK_AGAIN_MS = 5_000;

const WHAT_IS_UPGRADED = `
It is the second half of an upgrade, after \`sudo npm install -g ringtmp-<version>.tgz\` or \`sudo dpkg -i
ringtmp_<version>_all.deb\` has replaced the program: renews the units that \`install\` wrote, and restarts the services
that run, the broker first. While a run is on it refuses, for the run would go back to its last cut and on with two
versions of the program, or waits (--wait).`;

export function registerInstall(program: Command): void {
  withRoot(program.command('install').description('Makes services of this machine: agent, broker or master.'))
    .addArgument(roleArgument('<role...>'))
    .addHelpText('after', example('sudo ringtmp install agent', 'sudo ringtmp install broker master'))
    .action(runInstall);
  withRoot(program.command('uninstall').description('Stops services of this machine and takes them away.'))
    .addArgument(roleArgument('[role...]'))
    .option('--purge', 'delete settings, credentials and runs, too, without asking')
    .option('--keep-data', 'keep them, without asking')
    .addHelpText('after', example('sudo ringtmp uninstall', 'sudo ringtmp uninstall agent --keep-data'))
    .action(runUninstall);
  withRoot(program.command('upgrade').description('Restarts the services with the program that is installed now.'))
    .addOption(new Option('--force', 'also while a run is on, which goes back to its last cut').conflicts('wait'))
    .option('--wait', 'until no run is on')
    .addHelpText('after', WHAT_IS_UPGRADED)
    .addHelpText('after', example('sudo ringtmp upgrade'))
    .action(runUpgrade);
}

function roleArgument(name: string): Argument {
  return new Argument(name, name.startsWith('[') ? 'all, unless told' : 'what this machine is to be').choices(
    ROLE_NAMES,
  );
}

function withRoot(command: Command): Command {
  return command.option('--root <folder>', "another system's files, in which nothing is started");
}

async function runInstall(names: RoleName[], { root }: Options): Promise<void> {
  const [{ install }, { openHost }, { thisProgram }, { rolesNamed }] = await Promise.all([
    import('../install/install.js'),
    import('../install/host.js'),
    import('../install/program.js'),
    import('../install/roles.js'),
  ]);
  if (!(await install(openHost(root, say), thisProgram(), rolesNamed(names)))) process.exitCode = FAILURE;
}

async function runUninstall(names: RoleName[], { root, purge, keepData }: UninstallOptions): Promise<void> {
  const [{ uninstall }, { openHost }, { rolesNamed }] = await Promise.all([
    import('../install/uninstall.js'),
    import('../install/host.js'),
    import('../install/roles.js'),
  ]);
  if (purge && keepData) throw new ConfigurationError('--purge and --keep-data are opposites', { remedy: 'Name one.' });
  if (!purge && !keepData && !process.stdin.isTTY) {
    throw new ConfigurationError('nobody is here to be asked whether settings and data are to be deleted', {
      remedy: 'Add --keep-data or --purge.',
    });
  }
  const mayDelete = purge || keepData ? async () => purge === true : ask;
  await uninstall(openHost(root, say), rolesNamed(names), mayDelete);
}

async function runUpgrade({ root, force, wait }: UpgradeOptions): Promise<void> {
  const [{ upgrade }, { waitForNoRun }, { openHost }, { thisProgram }] = await Promise.all([
    import('../install/upgrade.js'),
    import('../install/runs-on.js'),
    import('../install/host.js'),
    import('../install/program.js'),
  ]);
  const host = openHost(root, say);
  if (wait && host.isLive) await waitForNoRun(host, () => setTimeout(LOOK_AGAIN_MS));
  if (!(await upgrade(host, thisProgram(), force === true))) process.exitCode = FAILURE;
}

async function ask(paths: readonly string[]): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`Delete what they leave?\n  ${paths.join('\n  ')}\n[y/N] `);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function say(line: string): void {
  console.log(line);
}
