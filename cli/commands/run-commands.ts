// `ringtmp stop`, `pause`, `resume` and `checkpoint`: orders to the master about a run.

import type { Command } from 'commander';
import type { OperatorOptions } from '../operator.js';
import { example, name, withOperator } from '../options.js';

const ORDERS = [
  ['stop', 'Stops a run for good; its weights are saved.', 'is stopping'],
  ['pause', 'Pauses a run; its boards keep their state.', 'is paused'],
  ['resume', 'Goes on with a paused run.', 'goes on'],
  ['checkpoint', 'Has the boards keep what the run has reached, as they do by themselves now and then.', 'is cut'],
] as const;

export function registerRunCommands(program: Command): void {
  for (const [verb, description, outcome] of ORDERS) {
    withOperator(
      program
        .command(verb)
        .argument('[run]', 'its name; the run that is going on unless told', name)
        .description(description),
    )
      .addHelpText('after', example(`ringtmp ${verb}`, `ringtmp ${verb} digits-20260101-120000`))
      .action((run: string | undefined, options: OperatorOptions) => order(verb, run, outcome, options));
  }
}

const ANSWER_MS = 10_000;

async function order(
  verb: (typeof ORDERS)[number][0],
  named: string | undefined,
  outcome: string,
  options: OperatorOptions,
): Promise<void> {
  const [{ asOperator }, { runningRun }] = await Promise.all([import('../operator.js'), import('../snapshot.js')]);
  const { run, data } = await asOperator(options, async (client) => {
    const run = named ?? (await runningRun(client));
    return { run, data: await client.request(verb, { run }, ANSWER_MS) };
  });
  console.log(options.json ? JSON.stringify(data ?? { run }) : `${run} ${outcome}`);
}
