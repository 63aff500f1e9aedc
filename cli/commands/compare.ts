// `ringtmp compare`: does the ring win?

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CompareOptions } from '../compare/compare.js';
import { boardNumbers, example, wholeNumber } from '../options.js';
import { engineOption, withBlas } from '../resources.js';

/** Named here too, for the help must load nothing. */
export const VARIANTS = [
  ...['ring', 'ring-async', 'star', 'star-ssp', 'star-asp', 'star-topk', 'star-average', 'star-asp-average'],
] as const;
const MOST_ROUNDS = 100;
const MOST_FAULTS = 1000;
const USUAL_FAULTS = 6;

const HELP = `
Each contestant trains what the run file says, on the same data and seed, on each number of boards, in turns.
Known variants: ${VARIANTS.join(', ')}.
A YAML file gives names to others, each with the keys of the run file that it changes:
  narrow-ring: { mode: ring, wire: { activations: f16, gradients: bf16 } }

In the end agents, the master and the broker are killed in turn, --faults of them while a ring trains and as many while a star
does, on at most 4 boards, and started again at once: the report sets beside each other how soon they go on, and whether they
end as if nothing had been. There are no emulated boards then; the figures are of processes of this computer.

Each run that ends is kept: interrupted, the same command goes on with those that are missing. The folder then
holds report.html, report.md, results.csv, recovery.csv, and the measurements of each run. Let nothing else run meanwhile.`;

export function registerCompare(program: Command): void {
  withBlas(program.command('compare <run-file>'))
    .description('Trains the same as a ring and as a star, and reports which is better at what.')
    .addOption(
      new Option('--boards <numbers>', 'how many, by commas').argParser(boardNumbers).default([1, 2, 4], '1,2,4'),
    )
    .option(
      '--variants <list>',
      'who takes part: names and YAML files, by commas (default: ring,star,ring-async,star-ssp,star-asp-average)',
    )
    .option('--profile <names|files>', 'emulate such boards, as pi-4,pi-zero-2: one each, the last one for all others')
    .option('--master-profile <name|file>', 'the one of the master; the first one of the boards unless told')
    .option(
      '--dilation <factor>',
      'under a profile: multiplies all times, for a computer too slow to keep up; auto, the default: until the pace no longer depends on it',
      factor,
    )
    .option('--rounds <number>', 'how often each runs', wholeNumber(1, MOST_ROUNDS), 1)
    .option(
      '--faults <number>',
      'that befall a ring and a star in the end; 0: none',
      wholeNumber(0, MOST_FAULTS),
      USUAL_FAULTS,
    )
    .addOption(new Option('--links <kind>', 'of all contestants').choices(['direct', 'hub']).default('direct'))
    .option('--target <figure>', 'the accuracy up to which time and energy count; what all reach', figure)
    .option('--output <folder>', 'where results and report go (default: runs/comparison-<name>)')
    .option('--fresh', 'remove the results that are there, and begin anew')
    .option('--quick', 'one epoch: only show that all works; the figures mean little')
    .addOption(engineOption('what computes, unless the run file says; the best that works here'))
    .option('--json', 'print JSON, one object a line')
    .addHelpText('after', HELP)
    .addHelpText(
      'after',
      example(
        'ringtmp compare examples/digits.yaml --boards 1,2,4',
        'ringtmp compare examples/iris.yaml --boards 2 --variants ring,star,star-asp --rounds 3',
      ),
    )
    .action(run);
}

async function run(file: string, options: Omit<CompareOptions, 'command'>): Promise<void> {
  const { compare } = await import('../compare/compare.js');
  const command = ['ringtmp', ...process.argv.slice(2)].join(' ');
  process.exitCode = await compare(file, { ...options, command });
}

function factor(text: string): number | 'auto' {
  return text === 'auto' ? text : positive(text, 'such as 8, or auto');
}

function figure(text: string): number {
  return positive(text, 'such as 0.95');
}

function positive(text: string, such: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError(`It must be a number above 0, ${such}.`);
}
