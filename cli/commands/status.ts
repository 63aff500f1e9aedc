// `ringtmp status`: the fleet at this moment.

import type { Command } from 'commander';
import type { OperatorOptions } from '../operator.js';
import { example, withOperator } from '../options.js';

export function registerStatus(program: Command): void {
  const command = program.command('status').description('Shows the boards and the master of a fleet.');
  withOperator(command).addHelpText('after', example('ringtmp status', 'ringtmp status --json')).action(show);
}

async function show(options: OperatorOptions): Promise<void> {
  const [{ asOperator }, { takeSnapshot }, { renderFleet }] = await Promise.all([
    import('../operator.js'),
    import('../snapshot.js'),
    import('../view/render-fleet.js'),
  ]);
  const snapshot = await asOperator(options, takeSnapshot);
  console.log(options.json ? JSON.stringify(snapshot) : renderFleet(snapshot, process.stdout.columns || 120));
}
