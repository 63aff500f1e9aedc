// `ringtmp board-config apply`: what systemd's ringtmp-flash.service runs at a board's start. People need it only to see
// what it says.

import type { Command } from 'commander';
import { BOARD_FOLDER, BOOT_PARTITION } from '../flash/refusal.js';
import { example } from '../options.js';
import { reportFailure } from '../report-failure.js';

/** What was flashed is bad; the board goes on with what it had. */
export const REFUSED_EXIT_CODE = 3;

interface Options {
  readonly boot: string;
  readonly to: string;
  readonly json?: boolean;
}

const HELP = `
Exit codes:
  0  there was nothing to take, or it is taken
  1  it is taken, but its copy on the boot partition could not be removed
  3  what was flashed is refused: ringtmp-error.txt on the boot partition and refused.txt beside the configuration say
     why; the old configuration stays, and where there is none an LED of the kernel (ringtmp*, or else ACT) blinks`;

export function registerBoardConfig(program: Command): void {
  const command = program
    .command('board-config', { hidden: true })
    .description('The configuration of this board, as it was flashed.')
    .addHelpText('after', example('ringtmp board-config apply'));
  command
    .command('apply')
    .description('Takes over what `ringtmp flash` wrote to the boot partition, and removes it there.')
    .option('--boot <folder>', 'the boot partition', BOOT_PARTITION)
    .option('--to <folder>', 'where the configuration of this board is', BOARD_FOLDER)
    .option('--json', 'print JSON')
    .addHelpText('after', example('ringtmp board-config apply --boot /boot/firmware --to /etc/ringtmp'))
    .addHelpText('after', HELP)
    .action(apply);
}

async function apply({ boot, to, json = false }: Options): Promise<void> {
  const [{ takeOver }, { diskFolder, makeFolder }] = await Promise.all([
    import('../flash/take-over.js'),
    import('../storage/disk-folder.js'),
  ]);
  await makeFolder(to);
  const result = await takeOver(diskFolder(boot), diskFolder(to));
  if (result.outcome === 'refused') {
    reportFailure(result.error, json);
    if (!result.hasOld) await showWithoutAgent(json);
    process.exitCode = REFUSED_EXIT_CODE;
  } else if (json) console.log(JSON.stringify(result));
  else
    console.log(
      result.outcome === 'none' ? `nothing to take from ${boot}` : `${to} has the configuration of ${result.id}`,
    );
}

/** An agent would show it with its light, but none starts without a configuration. */
async function showWithoutAgent(json: boolean): Promise<void> {
  const { blinkByKernel } = await import('../../hardware/lights/kernel-blink.js');
  const leds = await blinkByKernel();
  const what = leds.length > 0 ? `${leds.join(', ')} blinks until the board starts anew` : 'it has no LED to show that';
  if (!json) console.error(`this board has no configuration and starts no agent; ${what}`);
}
