// `ringtmp watch`: looks on at a run, and leaves it alone.

import type { Command } from 'commander';
import type { OperatorOptions } from '../operator.js';
import { example, withOperator } from '../options.js';

export function registerWatch(program: Command): void {
  const command = program.command('watch [run]').description('Watches a run; the one that is going on unless told.');
  withOperator(command).addHelpText('after', example('ringtmp watch', 'ringtmp watch digits-1 --json')).action(watch);
}

async function watch(run: string | undefined, options: OperatorOptions): Promise<void> {
  const [{ asOperator }, { followToEnd }, { exitCodeOf }, { createView }, { catchInterrupts }, { runningRun }] =
    await Promise.all([
      import('../operator.js'),
      import('../follow.js'),
      import('../train.js'),
      import('../view/view.js'),
      import('../interrupts.js'),
      import('../snapshot.js'),
    ]);
  const view = await createView(process.stdout, options.json ?? false);
  const interrupt = catchInterrupts();
  try {
    const status = await asOperator(options, async (client) => {
      return followToEnd({ client, run: run ?? (await runningRun(client)), view, interrupt, onInterrupt: 'leave' });
    });
    process.exitCode = status === null ? 0 : exitCodeOf(status, interrupt);
  } finally {
    view.close();
  }
}
