// `ringtmp master`: plans and leads the runs of a fleet.

import { parse } from 'node:path';
import type { Command } from 'commander';
import { MASTER_ID } from '../../protocol/topics.js';
import { inboxOpener, type LinkOptions, withLinks } from '../links.js';
import { example, type ServiceOptions, wholeNumber, withFleet, withLogLevel } from '../options.js';
import { emulationOf, type ProfileOptions, withProfile } from '../profiles.js';
import { type BlasOptions, blasSettings, memoryBytes, memoryOption, withBlas } from '../resources.js';

/** As its unit hands it over. */
const KEY_NAME = 'master.key';

interface Options extends ServiceOptions, LinkOptions, BlasOptions, ProfileOptions {
  readonly runs: string;
  readonly data?: readonly string[];
  readonly wait: number;
  readonly memory?: number;
}

export function registerMaster(program: Command): void {
  const command = program.command('master').description('Runs the master of a fleet until it is stopped.');
  withProfile(withBlas(withLogLevel(withLinks(withFleet(command)))))
    .option('--runs <folder>', 'where the files of each run go', 'runs')
    .option('--data <folder...>', 'where runs may read their data (default: the current folder)')
    .option('--wait <seconds>', 'how long a run waits for its boards', wholeNumber(0, 3600), 10)
    .addOption(memoryOption())
    .addHelpText(
      'after',
      example('ringtmp master --broker mqtt://10.0.0.5 --runs /var/lib/ringtmp/runs --data /srv/data'),
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const [{ startMaster }, { createLogger }, { serve }, { connectAs }, { version }, { withHandedOver }] =
    await Promise.all([
      import('../../master/master.js'),
      import('../logger.js'),
      import('../service.js'),
      import('../connect.js'),
      import('../version.js'),
      import('../handed-over.js'),
    ]);
  const log = createLogger(MASTER_ID, options.logLevel);
  const emulation = emulationOf(options);
  const blas = await blasSettings(options);
  await serve((signal) =>
    startMaster({
      fleet: options.fleet,
      version: version(),
      connect: connectAs(MASTER_ID, withHandedOver(options, KEY_NAME), log, signal),
      openInbox: inboxOpener(options, log),
      runsFolder: options.runs,
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
