// `ringtmp train`: has a fleet train what a run file says, and watches.

import type { Command } from 'commander';
import type { FleetClient } from '../fleet-client.js';
import type { OperatorOptions } from '../operator.js';
import { example, withOperator } from '../options.js';
import { type BlasOptions, withBlas } from '../resources.js';

interface Options extends OperatorOptions, BlasOptions {
  readonly detach?: boolean;
  readonly local?: boolean;
  readonly runs: string;
}

export function registerTrain(program: Command): void {
  const command = program.command('train <run-file>').description('Trains what a run file says, on a running fleet.');
  withBlas(withOperator(command))
    .option('--detach', 'return as soon as the run has started')
    .option('--local', 'train in this process, without a fleet')
    .option('--runs <folder>', 'with --local: where the files of the run go', 'runs')
    .addHelpText('after', example('ringtmp train examples/digits.yaml', 'ringtmp train --local examples/iris.yaml'))
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const { readRunFile } = await import('../run-file.js');
  const spec = await readRunFile(file, options.local ? undefined : options.broker);
  const { catchInterrupts } = await import('../interrupts.js');
  if (options.local) {
    const { trainLocally } = await import('../train-locally.js');
    process.exitCode = await trainLocally(spec, options, catchInterrupts());
    return;
  }
  const [{ asOperator }, { INTERRUPTED }, { startUnlessInterrupted, trainToEnd }, { createView }] = await Promise.all([
    import('../operator.js'),
    import('../report-failure.js'),
    import('../train.js'),
    import('../view/view.js'),
  ]);
  const view = await createView(process.stdout, options.json ?? false);
  const interrupt = catchInterrupts();
  const startOnly = async (client: FleetClient): Promise<number> => {
    const started = await startUnlessInterrupted({ client, spec, interrupt, view });
    if (started === null) return INTERRUPTED;
    console.log(options.json ? JSON.stringify(started) : `started ${started.run}; its files are in ${started.folder}`);
    return 0;
  };
  const train = (client: FleetClient): Promise<number> => trainToEnd({ client, spec, view, interrupt });
  try {
    process.exitCode = await asOperator(options, options.detach ? startOnly : train, interrupt);
  } finally {
    view.close();
  }
}
