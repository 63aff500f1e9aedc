// `ringtmp agent`: the process on a board.

import type { Command } from 'commander';
import { inboxOpener, type LinkOptions, withLinks } from '../links.js';
import { example, name, type ServiceOptions, withFleet, withLogLevel } from '../options.js';
import { emulationOf, type ProfileOptions, withProfile } from '../profiles.js';
import { reportFailure } from '../report-failure.js';
import {
  type BlasOptions,
  blasSettings,
  type EngineChoice,
  engineOption,
  memoryBytes,
  memoryOption,
  USUAL_ENGINE,
  withBlas,
} from '../resources.js';

/** Tells a supervisor (`ringtmp up`, systemd's RestartForceExitStatus) to start the agent anew. */
export const RESTART_EXIT_CODE = 75;
/** Tells systemd (RestartPreventExitStatus) not to: another agent has this one's name. EX_CONFIG of sysexits(3). */
const NAMESAKE_EXIT_CODE = 78;
const TELEMETRY_MS = 1_000;

interface Options extends ServiceOptions, LinkOptions, BlasOptions, ProfileOptions {
  readonly id: string;
  readonly engine: EngineChoice;
  readonly memory?: number;
  readonly data?: readonly string[];
}

export function registerAgent(program: Command): void {
  const command = program.command('agent').description('Runs the agent of this board until it is stopped.');
  const withNetwork = withLinks(withFleet(command.requiredOption('--id <name>', 'the name of the board', name)));
  withProfile(withBlas(withLogLevel(withNetwork)))
    .addOption(engineOption('the only one that it offers to runs; all that work here').default(USUAL_ENGINE))
    .addOption(memoryOption())
    .option('--data <folder...>', "where runs may read this board's own data (star, data: local); none unless told")
    .addHelpText('after', example('ringtmp agent --id kitchen --broker mqtt://10.0.0.5 --password-file kitchen.key'))
    .action(run);
}

async function run(options: Options): Promise<void> {
  const [{ startAgent }, { createLogger }, { serve }, { connectAs }, { version }, { collectStartUpGarbage }] =
    await Promise.all([
      import('../../agent/agent.js'),
      import('../logger.js'),
      import('../service.js'),
      import('../connect.js'),
      import('../version.js'),
      import('../lean-memory.js'),
    ]);
  const { id, fleet, engine } = options;
  const log = createLogger(id, options.logLevel);
  const emulation = emulationOf(options);
  const blas = await blasSettings(options);
  await serve(async (signal) => {
    const agent = await startAgent({
      id,
      fleet,
      version: version(),
      connect: connectAs(id, options, log, signal),
      openInbox: inboxOpener(options, log),
      dataFolders: options.data ?? [],
      engine,
      blas,
      memoryBytes: memoryBytes(options, emulation?.profile.memoryBytes),
      emulation,
      telemetryMs: TELEMETRY_MS,
      log,
      restart: () => process.exit(RESTART_EXIT_CODE),
      stop: (error) => {
        reportFailure(error, false);
        process.exit(NAMESAKE_EXIT_CODE);
      },
    });
    collectStartUpGarbage();
    return agent;
  });
}
