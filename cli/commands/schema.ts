// `ringtmp schema`: the JSON schemas of the files that people write, for editors and for other programs.

import { Argument, type Command } from 'commander';
import { example } from '../options.js';

const SCHEMAS = {
  run: async () => (await import('../../protocol/run-spec.js')).runSpecJsonSchema(),
  agent: async () => (await import('../config/agent-settings.js')).agentJsonSchema(),
  master: async () => (await import('../config/master-file.js')).masterJsonSchema(),
  broker: async () => (await import('../config/broker-file.js')).brokerJsonSchema(),
  fleet: async () => (await import('../fleet/fleet-file.js')).fleetJsonSchema(),
};

export function registerSchema(program: Command): void {
  const file = new Argument('[file]', 'run file, the file of an agent, a master or a broker, or fleet file').default(
    'run',
  );
  program
    .command('schema')
    .description('Prints the JSON schema of run files, of the settings of a service, or of fleet files.')
    .addArgument(file.choices(Object.keys(SCHEMAS)))
    .addHelpText('after', example('ringtmp schema > run-file.schema.json', 'ringtmp schema agent'))
    .action(run);
}

async function run(file: keyof typeof SCHEMAS): Promise<void> {
  console.log(JSON.stringify(await SCHEMAS[file](), null, 2));
}
