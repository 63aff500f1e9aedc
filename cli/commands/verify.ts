// `ringtmp verify`: the fleet's weights against those of one process, bit for bit.

import type { Command } from 'commander';
import { example, wholeNumber } from '../options.js';
import { engineOption, withBlas } from '../resources.js';
import type { VerifyOptions } from '../verify/verify.js';

const MOST_BOARDS = 64;
const HELP = `
Trains what the run file says twice, in one process and on a fleet on this machine, and compares the weights. A ring's
must be identical. Where a star adds up in another order, or the wire rounds, the accuracies are compared instead.
The exit code is 0 when both agree, and 1 when they do not. Nothing is kept.`;

export function registerVerify(program: Command): void {
  withBlas(program.command('verify <run-file>'))
    .description('Checks that a fleet computes what one process computes, bit for bit.')
    .option('--boards <number>', 'how many; as the run file says, else 4', wholeNumber(1, MOST_BOARDS))
    .option('--variant <name>', 'what it makes of the run file: one of those that `ringtmp compare` knows')
    .addOption(engineOption('what computes, unless the run file says; the best that works here'))
    .option('--json', 'print JSON, one object a line')
    .addHelpText('after', HELP)
    .addHelpText(
      'after',
      example(
        'ringtmp verify examples/digits.yaml',
        'ringtmp verify --boards 2 --variant ring-async examples/iris.yaml',
      ),
    )
    .action(run);
}

async function run(file: string, options: VerifyOptions): Promise<void> {
  const { verify } = await import('../verify/verify.js');
  process.exitCode = await verify(file, options);
}
