// `ringtmp credentials`: who may connect to the broker. A password is told once, on the terminal or in a file
// that only its owner can read; the credentials file has no more than its hash.

import { type Command, Option } from 'commander';
import { fillNewSecret } from '../new-secret.js';
import { example } from '../options.js';

/** As broker/roles.ts has them; importing that here would load the broker's code into every command. */
const ROLE_NAMES = ['master', 'agent', 'operator', 'viewer'] as const;

interface Options {
  readonly file: string;
  readonly json?: boolean;
}

interface AddOptions extends Options {
  readonly role: (typeof ROLE_NAMES)[number];
  readonly passwordFile?: string;
}

export function registerCredentials(program: Command): void {
  const credentials = program
    .command('credentials')
    .description('Says who may connect to the broker, and as what.')
    .addHelpText(
      'after',
      example('ringtmp credentials add kitchen --role agent --password-file kitchen.key', 'ringtmp credentials list'),
    );
  common(credentials.command('add <id>').description('Adds a client and prints its password, once.'))
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLE_NAMES).makeOptionMandatory())
    .option('--password-file <file>', 'a new file for the password, in place of printing it')
    .addHelpText('after', example('ringtmp credentials add kitchen --role agent --password-file kitchen.key'))
    .action(add);
  common(credentials.command('list').description('Lists the clients and their roles.'))
    .addHelpText('after', example('ringtmp credentials list --file credentials.json'))
    .action(list);
  common(credentials.command('remove <id>').description('Takes a client out.'))
    .addHelpText('after', example('ringtmp credentials remove kitchen'))
    .action(remove);
}

function common(command: Command): Command {
  return command.option('--file <file>', 'the credentials file', 'credentials.json').option('--json', 'print JSON');
}

async function add(id: string, { file, role, json, passwordFile }: AddOptions): Promise<void> {
  const { addClient } = await import('../../broker/credentials.js');
  if (passwordFile === undefined) {
    const password = await addClient(file, id, role);
    console.log(json ? JSON.stringify({ id, role, password }) : password);
    return;
  }
  await fillNewSecret(passwordFile, () => addClient(file, id, role));
  console.log(json ? JSON.stringify({ id, role, passwordFile }) : `the password of ${id} is in ${passwordFile}`);
}

async function list({ file, json }: Options): Promise<void> {
  const { listClients } = await import('../../broker/credentials.js');
  const clients = (await listClients(file)).map(({ id, role }) => ({ id, role }));
  if (json) console.log(JSON.stringify({ clients }));
  else for (const { id, role } of clients) console.log(`${role.padEnd(9)} ${id}`);
}

async function remove(id: string, { file, json }: Options): Promise<void> {
  const { removeClient } = await import('../../broker/credentials.js');
  await removeClient(file, id);
  if (json) console.log(JSON.stringify({ removed: id }));
}
