// `ringtmp up`: everything on this machine, with one command.

import type { Command } from 'commander';
import { example, fleetOption, portNumber, wholeNumber } from '../options.js';
import { dilationOption } from '../profiles.js';
import { engineOption, withBlas } from '../resources.js';
import type { UpOptions } from '../up/up.js';

const MOST_BOARDS = 64;
const NOTE = `
For a machine with one user: its broker takes whoever is on this machine for an operator, so that other
commands and MQTT clients need no password.`;

export function registerUp(program: Command): void {
  const command = program.command('up [run-file]');
  withBlas(command)
    .description('Starts a broker, a master and boards on this machine, and trains what a run file says.')
    .option('--boards <number>', 'how many; as the run file says, else 4', wholeNumber(1, MOST_BOARDS))
    .option('--port <port>', 'of the broker; 1883 or, when that is taken, any free one', portNumber)
    .option('--keep', 'leave the fleet up after the run, until Ctrl-C')
    .option('--runs <folder>', 'where the files and logs go', 'runs')
    .addOption(engineOption('what computes, unless the run file says; the best that works here'))
    .option('--profile <names|files>', 'emulate such boards, as pi-4,pi-zero-2: one each, the last one for all others')
    .option('--master-profile <name|file>', 'the one of the master; the first one of the boards unless told')
    .addOption(dilationOption())
    .addOption(fleetOption())
    .option('--json', 'print JSON, one object a line')
    .addHelpText('after', NOTE)
    .addHelpText(
      'after',
      example(
        'ringtmp up --boards 4 examples/digits.yaml',
        'ringtmp up --boards 2 --port 1884',
        'ringtmp up --profile pi-4 examples/digits.yaml',
      ),
    )
    .action(run);
}

async function run(file: string | undefined, options: UpOptions): Promise<void> {
  const { up } = await import('../up/up.js');
  process.exitCode = await up(file, options);
}
