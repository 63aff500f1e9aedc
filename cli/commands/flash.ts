// `ringtmp flash`: writes what the fleet file says about a board to the boot partition of its card.

import { type Command, Option } from 'commander';
import { ConfigurationError } from '../../errors.js';
import { example } from '../options.js';
import { fleetFileOption } from './fleet.js';

interface Options {
  readonly to: readonly string[];
  readonly all?: boolean;
  readonly file: string;
  readonly dryRun?: boolean;
  readonly verify?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

const HELP = `
With one target for many boards the cards are put in one after the other, and each is waited for.
A board takes its files from the card when it starts; until then everybody who holds the card has its password.`;

export function registerFlash(program: Command): void {
  program
    .command('flash [board...]')
    .description("Writes boards' configuration and password to the boot partitions of their cards.")
    .addOption(new Option('--to <target...>', 'mounted boot partitions, or images of cards').makeOptionMandatory())
    .option('--all', 'all boards of the fleet')
    .addOption(fleetFileOption())
    .option('--dry-run', 'write nothing, and show what would be written')
    .option('--verify', 'read back what was written')
    .option('--force', 'write also where nothing is mounted or nothing boots, and over the files of others')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      example('ringtmp flash pi-1 --to /media/me/bootfs', 'ringtmp flash --all --to /media/me/bootfs'),
    )
    .addHelpText('after', HELP)
    .action(run);
}

async function run(named: string[], options: Options): Promise<void> {
  const [{ readFleet }, { cardsFor }, { flashCards, previewCards }] = await Promise.all([
    import('../fleet/fleet-file.js'),
    import('../flash/row-of-cards.js'),
    import('../flash/flash-cards.js'),
  ]);
  if ((options.all ?? false) === named.length > 0) throw ambiguous();
  const fleet = await readFleet(options.file);
  const cards = cardsFor(options.all ? [...fleet.boards.keys()] : named, options.to);
  if (options.dryRun) await previewCards(fleet, cards, options);
  else await flashCards(fleet, cards, options);
}

function ambiguous(): ConfigurationError {
  return new ConfigurationError('which boards?', { remedy: 'Name boards, or all of them with --all.' });
}
