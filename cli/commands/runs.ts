// `ringtmp runs`: the runs that the master knows.

import type { Command } from 'commander';
import type { OperatorOptions } from '../operator.js';
import { example, withOperator } from '../options.js';

export function registerRuns(program: Command): void {
  const command = program.command('runs').description('Lists the runs that the master knows.');
  withOperator(command).addHelpText('after', example('ringtmp runs', 'ringtmp runs --json')).action(list);
}

const ANSWER_MS = 10_000;

async function list(options: OperatorOptions): Promise<void> {
  const [{ asOperator }, { runsSchema, renderRuns }, { validate }] = await Promise.all([
    import('../operator.js'),
    import('../view/render-runs.js'),
    import('../../protocol/validation.js'),
  ]);
  const data = await asOperator(options, (client) => client.request('runs', {}, ANSWER_MS));
  const { runs } = validate('the answer to runs', runsSchema, data);
  console.log(options.json ? JSON.stringify({ runs }) : renderRuns(runs, process.stdout.columns || 120));
}
