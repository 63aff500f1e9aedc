// `ringtmp board`: what can be asked of one board. Its answer is shown as it is, one figure a line.

import { Argument, type Command } from 'commander';
import type { OperatorOptions } from '../operator.js';
import { example, name, withOperator } from '../options.js';

const ORDERS = ['identify', 'benchmark', 'diagnose', 'restart'] as const;
type Order = (typeof ORDERS)[number];

const HELP = `
Orders:
  identify   shows a pattern on the lights of the board
  benchmark  measures its engine anew
  diagnose   tells its versions, memory, load, temperature, and what it holds
  restart    ends its agent, which its supervisor starts again; a run goes on from its last cut`;

export function registerBoard(program: Command): void {
  const command = program
    .command('board')
    .description('Gives one board an order, and shows its answer.')
    .addArgument(new Argument('<order>', 'what it should do').choices(ORDERS))
    .argument('<id>', 'the name of the board', name);
  withOperator(command)
    .addHelpText('after', HELP)
    .addHelpText('after', example('ringtmp board identify kitchen', 'ringtmp board diagnose kitchen --json'))
    .action(run);
}

/** Measuring takes a small board some seconds. */
const ANSWER_MS = 30_000;

async function run(order: Order, id: string, options: OperatorOptions): Promise<void> {
  const [{ asOperator }, { renderAnswer }] = await Promise.all([
    import('../operator.js'),
    import('../view/render-answer.js'),
  ]);
  const data = await asOperator(options, (client) => client.requestBoard(id, order, ANSWER_MS));
  console.log(options.json ? JSON.stringify(data) : renderAnswer(data, process.stdout.columns || 120));
}
