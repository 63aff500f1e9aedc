// `ringtmp chaos`: does a run survive what befalls its fleet?

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ChaosOptions } from '../chaos/chaos.js';
import type { Fault, Member } from '../chaos/fault-plan.js';
import { example, wholeNumber } from '../options.js';
import { engineOption, withBlas } from '../resources.js';

/** Named here too, for the help must load nothing. */
const MEMBERS: readonly Member[] = ['agent', 'master', 'broker'];
const KINDS: readonly Fault[] = ['kill', 'lose', 'freeze', 'cut', 'corrupt', 'full'];
const MOST_BOARDS = 64;
const MOST_FAULTS = 10_000;
const LARGEST_SEED = 0xffff_ffff;
const MOST_EPOCHS = 1_000_000;

const HELP = `
Starts a fleet of its own on this machine, where each process that ends is started again at once, and has it train what
the run file says. Faults befall it, the next one --every after the run has recovered from the last and has kept what it
reached since. The sequence follows from the seed; a run that ends too early is followed by one with the next seed.

  kill     SIGKILL to an agent, the master, the broker
  lose     SIGKILL to an agent, which stays away for 6 to 9 s: longer than it is waited for
  freeze   SIGSTOP to an agent, and SIGCONT after 2 to 8 s
  cut      the link between an agent or the master and the broker is cut for 1 to 3 s (direct links between boards are not)
  corrupt  a bit of the newest snapshot of an agent (star: the master) is turned, and it is killed
  full     the disk for an agent's snapshots is full for 2 to 5 s (ring; takes root on Linux, for a tmpfs)

Unless the run file says it, snapshots are taken every second. A ring must end with the weights of one process, bit for
bit, a star within a point of the accuracy of the same run undisturbed; else, and if a run does not end, the exit code is
1. The figures are of processes on one machine, which share its processors.`;

export function registerChaos(program: Command): void {
  withBlas(program.command('chaos <run-file>'))
    .description('Batters a fleet while it trains, and checks that nothing is lost.')
    .addOption(listOption('--kill <members>', 'whom faults may befall', MEMBERS))
    .addOption(listOption('--kinds <faults>', 'which faults', KINDS))
    .addOption(
      new Option('--every <duration>', 'between a recovery and the next fault')
        .argParser(milliseconds)
        .default(20_000, '20s'),
    )
    .option('--seed <number>', 'of the sequence of faults', wholeNumber(0, LARGEST_SEED), 1)
    .option('--faults <number>', 'how many', wholeNumber(1, MOST_FAULTS), 50)
    .option('--boards <number>', 'how many; as the run file says, else 4', wholeNumber(1, MOST_BOARDS))
    .option('--epochs <number>', 'of a run, instead of what the run file says', wholeNumber(1, MOST_EPOCHS))
    .option('--variant <name>', 'what it makes of the run file: one of those that `ringtmp compare` knows')
    .addOption(engineOption('what computes, unless the run file says; the best that works here'))
    .option('--keep <folder>', 'leave the files of the runs and the logs there; nothing is kept unless told')
    .option('--json', 'print JSON, one object a line')
    .addHelpText('after', HELP)
    .addHelpText(
      'after',
      example(
        'ringtmp chaos examples/digits.yaml --every 5s',
        'ringtmp chaos examples/digits.yaml --every 1s --epochs 40 --variant ring-async',
        'ringtmp chaos examples/iris.yaml --every 1s --epochs 2000 --faults 10 --kill agent,broker',
      ),
    )
    .action(run);
}

async function run(file: string, options: ChaosOptions): Promise<void> {
  const { chaos } = await import('../chaos/chaos.js');
  process.exitCode = await chaos(file, options);
}

function listOption<T extends string>(flags: string, description: string, all: readonly T[]): Option {
  return new Option(flags, description)
    .argParser((text) => {
      const names = text.split(',');
      const wrong = names.find((name) => !all.includes(name as T));
      if (wrong === undefined) return names;
      throw new InvalidArgumentError(`It must be some of ${all.join(', ')}, by commas.`);
    })
    .default(all, all.join(','));
}

const UNITS_MS = { ms: 1, s: 1_000, min: 60_000 } as const;

function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|min)$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS];
  throw new InvalidArgumentError('It must be a duration such as 500ms, 20s or 2min.');
}
