// `ringtmp agent`: the process on a board.

import { type Command, Option } from 'commander';
import type { LightsSettings } from '../../hardware/lights/settings.js';
import { sensorSettings } from '../../hardware/power/settings.js';
import { AGENT } from '../config/agent-file.js';
import type { PinSettings } from '../config/agent-settings.js';
import { boardName } from '../config/board-name.js';
import { withConfig } from '../config/settle.js';
import { blaming, lightsOption, openBoardLights } from '../lights.js';
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
import { stateFolder } from '../state-folder.js';

/** Tells a supervisor (`ringtmp up`, systemd's RestartForceExitStatus) to start the agent anew. */
export const RESTART_EXIT_CODE = 75;
/** Tells systemd (RestartPreventExitStatus) not to: another agent has this one's name. EX_CONFIG of sysexits(3). */
const NAMESAKE_EXIT_CODE = 78;
const TELEMETRY_MS = 1_000;
/** Well within what systemd waits for a service that is to stop (TimeoutStopSec). */
const HAND_OVER_MS = 10_000;
const SETTINGS_HELP = `
A setting comes from the command line, or else the environment, the file of --config, a default. The file has the keys
that \`ringtmp schema agent\` tells; RINGTMP_SENSOR, RINGTMP_SAMPLE_HZ, RINGTMP_LIGHTS, RINGTMP_POWER, RINGTMP_DATA and
RINGTMP_DIRECT hold as YAML what the file has under these keys.`;

interface Options extends ServiceOptions, LinkOptions, BlasOptions, ProfileOptions, PinSettings {
  readonly id?: string;
  readonly config?: string | false;
  readonly engine: EngineChoice;
  readonly memory?: number;
  readonly data?: readonly string[];
  readonly snapshots?: string;
  readonly lights: LightsSettings;
}

export function registerAgent(program: Command): void {
  const command = program.command('agent').description('Runs the agent of this board until it is stopped.');
  const id = new Option('--id <name>', 'the name of the board (default: the name of its host)');
  const withNetwork = withLinks(
    withFleet(withConfig(command.addOption(id.env('RINGTMP_ID').argParser(name)), AGENT, 'board')),
  );
  const engine = engineOption('the only one that it offers to runs; all that work here');
  withProfile(withBlas(withLogLevel(withNetwork)))
    .addOption(engine.env('RINGTMP_ENGINE').default(USUAL_ENGINE))
    .addOption(memoryOption())
    .option('--data <folder...>', "where runs may read this board's own data (star, data: local); none unless told")
    .option('--snapshots <folder>', "where the snapshots of runs are kept (default: the user's state folder)")
    .addOption(lightsOption())
    .addHelpText(
      'after',
      example('ringtmp agent', 'ringtmp agent --id kitchen --broker mqtt://10.0.0.5 --password-file kitchen.key'),
    )
    .addHelpText('after', SETTINGS_HELP)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { id = boardName(), fleet, engine } = options;
  const blas = await blasSettings(options);
  // In a thread, while this one loads the rest: a run that has lost this board waits for it.
  const survey = import('../../node/engine-survey.js').then(({ surveyEngines }) => surveyEngines(engine, blas));
  survey.catch(() => undefined); // the agent tells, once it is connected
  const [
    { startAgent },
    { createLogger },
    { serve },
    { connectAs },
    { version },
    { openPower },
    { collectStartUpGarbage },
    { readRefusal },
  ] = await Promise.all([
    import('../../agent/agent.js'),
    import('../logger.js'),
    import('../service.js'),
    import('../connect.js'),
    import('../version.js'),
    import('../power.js'),
    import('../lean-memory.js'),
    import('../flash/refusal.js'),
  ]);
  const log = createLogger(id, options.logLevel);
  const refusal = options.config === false ? null : await readRefusal();
  if (refusal !== null) log.warn({ reason: refusal }, 'what was flashed to this board was refused');
  const emulation = emulationOf(options);
  const { sensor, sampleHz, power: model } = options;
  const choice = { sensor: sensor && sensorSettings(sensor), sampleHz, model };
  await serve(async (signal) => {
    // Not before `serve`, which sees to it that they are let go of when a signal comes meanwhile.
    const lights = await openBoardLights(emulation ? 'simulated' : options.lights, log);
    const light = refusal === null ? lights : blaming(lights);
    if (refusal !== null) light.show('error');
    const power = emulation ? undefined : await openPower(choice, log);
    const agent = await startAgent({
      id,
      fleet,
      version: version(),
      connect: connectAs(id, options, log, signal),
      openInbox: inboxOpener(options, log),
      dataFolders: options.data ?? [],
      snapshotsFolder: options.snapshots ?? stateFolder(id, 'snapshots'),
      engine,
      blas,
      survey,
      memoryBytes: memoryBytes(options, emulation?.profile.memoryBytes),
      emulation,
      light,
      power,
      sampleHz,
      telemetryMs: TELEMETRY_MS,
      handOverMs: HAND_OVER_MS,
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
