// `ringtmp master`: plans and leads the runs of a fleet.

import { parse } from 'node:path';
import type { Command } from 'commander';
import { MASTER_ID } from '../../protocol/topics.js';
import { MASTER } from '../config/master-file.js';
import { withConfig } from '../config/settle.js';
import { inboxOpener, type LinkOptions, withLinks } from '../links.js';
import { example, LONGEST_WAIT_S, type ServiceOptions, wholeNumber, withFleet, withLogLevel } from '../options.js';
import { emulationOf, type ProfileOptions, withProfile } from '../profiles.js';
import { type BlasOptions, blasSettings, memoryBytes, memoryOption, withBlas } from '../resources.js';

const SETTINGS_HELP = `
A setting comes from the command line, or else the environment, the file of --config, a default. The file has the keys
that \`ringtmp schema master\` tells; RINGTMP_RUNS, RINGTMP_DATA, RINGTMP_WAIT and RINGTMP_DIRECT hold as YAML what the file
has under these keys.`;

interface Options extends ServiceOptions, LinkOptions, BlasOptions, ProfileOptions {
  readonly runs: string;
  readonly data?: readonly string[];
  readonly wait: number;
  readonly resume: boolean;
  readonly memory?: number;
}

export function registerMaster(program: Command): void {
  const command = program.command('master').description('Runs the master of a fleet until it is stopped.');
  withProfile(withBlas(withLogLevel(withLinks(withFleet(withConfig(command, MASTER, 'master'))))))
    .option('--runs <folder>', 'where the files of each run go', 'runs')
    .option('--data <folder...>', 'where runs may read their data (default: the current folder)')
    .option('--wait <seconds>', 'how long a run waits for its boards', wholeNumber(0, LONGEST_WAIT_S), 10)
    .option('--no-resume', 'leave alone what a master before this one has left, and end the own run when it is stopped')
    .addOption(memoryOption())
    .addHelpText(
      'after',
      example('ringtmp master --broker mqtt://10.0.0.5 --runs /var/lib/ringtmp/runs --data /srv/data'),
    )
    .addHelpText('after', SETTINGS_HELP)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const [{ startMaster }, { createLogger }, { serve }, { connectAs }, { version }] = await Promise.all([
    import('../../master/master.js'),
    import('../logger.js'),
    import('../service.js'),
    import('../connect.js'),
    import('../version.js'),
  ]);
  const log = createLogger(MASTER_ID, options.logLevel);
  const emulation = emulationOf(options);
  const blas = await blasSettings(options);
  await serve((signal) =>
    startMaster({
      fleet: options.fleet,
      version: version(),
      connect: connectAs(MASTER_ID, options, log, signal),
      openInbox: inboxOpener(options, log),
      runsFolder: options.runs,
      resumeRuns: options.resume,
      dataFolders: options.data ?? currentFolder(),
      boardsTimeoutMs: options.wait * 1_000,
      memoryBytes: memoryBytes(options, emulation?.profile.memoryBytes),
      emulation,
      blas,
      log,
    }),
  );
}

/** A service starts in the root folder: that is no choice, and would open all of the machine. */
function currentFolder(): string[] {
  const folder = process.cwd();
  return folder === parse(folder).root ? [] : [folder];
}
