// `ringtmp limits`: how large may a model be?

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LimitsOptions } from '../limits/limits.js';
import { memorySize } from '../limits/memory-size.js';
import { boardNumbers, example } from '../options.js';
import { engineOption, withBlas } from '../resources.js';

/** Named here too, for the help must load nothing. */
const MODES = ['ring', 'star'] as const;
type Mode = (typeof MODES)[number];
const USUAL_MEMORY = '160MB';
const USUAL_PERCENT = 3;
const MOST_PERCENT = 50;

const HELP = `
The model is a stack of equal dense layers that learns digits, with momentum. Their number is doubled until a run
fails, then halved in between. Each attempt is a real run over MQTT, on processes of its own; it counts when its
steps are done, its loss is a number and the master has its weights. All attempts are in limits.json.

Each board's process is held to its memory by a control group of the kernel, which kills what takes more. Where none
may be made (it takes root, or systemd-run --user --scope), agents refuse a stage that takes more than that memory less
an idle agent; the report says so. The master is held to nothing: it is a computer, and in a star the server.
A profile gives its memory alone, all of it: boards compute as fast as this computer lets them.

With --output of a comparison, the next ringtmp compare --output there judges the paper's fifth aim by it.`;

export function registerLimits(program: Command): void {
  withBlas(program.command('limits'))
    .description('Grows a model until ring and star fail, and reports the largest that each trained.')
    .addOption(
      new Option('--boards <numbers>', 'how many, by commas').argParser(boardNumbers).default([1, 2, 4], '1,2,4'),
    )
    .addOption(new Option('--modes <list>', 'ring, star, by commas').argParser(modes).default([...MODES], 'ring,star'))
    .addOption(
      new Option('--memory <size>', "of each board's process, such as 160MB")
        .argParser(memorySize)
        .default(memorySize(USUAL_MEMORY), USUAL_MEMORY),
    )
    .addOption(new Option('--profile <name|file>', 'the memory of this board instead: pi-zero-2').conflicts('memory'))
    .addOption(
      new Option('--resolution <percent>', "what a layer takes of a board's memory, and how exact the answer is")
        .argParser(percent)
        .default(USUAL_PERCENT / 100, String(USUAL_PERCENT)),
    )
    .option('--output <folder>', 'where limits.json goes', 'runs/limits')
    .addOption(engineOption('what computes; the best that works here'))
    .option('--json', 'print JSON, one object a line')
    .addHelpText('after', HELP)
    .addHelpText(
      'after',
      example('ringtmp limits --boards 1,2,4', 'ringtmp limits --profile pi-zero-2 --output runs/comparison-digits'),
    )
    .action(run);
}

async function run(options: Omit<LimitsOptions, 'command'>): Promise<void> {
  const { limits } = await import('../limits/limits.js');
  const command = ['ringtmp', ...process.argv.slice(2)].join(' ');
  process.exitCode = await limits({ ...options, command });
}

function modes(text: string): Mode[] {
  return [...new Set(text.split(',').map(modeOf))];
}

function modeOf(text: string): Mode {
  const found = MODES.find((mode) => mode === text.trim());
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`There is no mode ${JSON.stringify(text)}; there are ${MODES.join(' and ')}.`);
}

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= MOST_PERCENT) return value / 100;
  throw new InvalidArgumentError(`It must be a number above 0, up to ${MOST_PERCENT}, such as ${USUAL_PERCENT}.`);
}
