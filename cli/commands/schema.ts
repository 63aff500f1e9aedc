// `ringtmp schema`: the JSON schema of run files, for editors and for other programs.

import type { Command } from 'commander';
import { example } from '../options.js';

export function registerSchema(program: Command): void {
  program
    .command('schema')
    .description('Prints the JSON schema of run files.')
    .addHelpText('after', example('ringtmp schema > run-file.schema.json'))
    .action(run);
}

async function run(): Promise<void> {
  const { runSpecJsonSchema } = await import('../../protocol/run-spec.js');
  console.log(JSON.stringify(runSpecJsonSchema(), null, 2));
}
