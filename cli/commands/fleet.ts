// `ringtmp fleet`: the boards of a fleet, as the operator keeps them. `ringtmp flash` writes their cards.

import { type Command, InvalidArgumentError, Option } from 'commander';
import { example, fleetOption, name } from '../options.js';
import { parseYaml } from '../yaml.js';

export const USUAL_FLEET_FILE = 'fleet.yaml';

interface Options {
  readonly file: string;
  readonly json?: boolean;
}

interface InitOptions extends Options {
  readonly broker: string;
  readonly fleet: string;
  readonly credentials: string;
  readonly operator: string;
}

interface AddOptions extends Options {
  readonly set?: Readonly<Record<string, unknown>>;
}

const INIT = 'ringtmp fleet init --broker mqtt://10.0.0.2';
const ADD = `ringtmp fleet add pi-1 --set 'linkPort=1884' 'data=/srv/data'`;
const RENEW_HELP = `
A board's settings stay. It must be flashed anew: its old password is refused as soon as the broker has the changed
credentials file, which it reads by itself; a connection that stands lasts until it ends.`;

export function registerFleet(program: Command): void {
  const fleet = program
    .command('fleet')
    .description('Keeps the list of the boards of a fleet, with what each is told and its password.')
    .addHelpText('after', example(INIT, ADD, 'ringtmp fleet list'));
  common(fleet.command('init').description('Begins a fleet file, with passwords for the master and an operator.'))
    .addOption(
      new Option('--broker <url>', 'the broker, as the boards reach it').env('RINGTMP_BROKER').makeOptionMandatory(),
    )
    .addOption(fleetOption())
    .option('--credentials <file>', "the broker's file, from the fleet file", 'credentials.json')
    .option('--operator <name>', 'what the operator is called', name, 'operator')
    .addHelpText('after', example(INIT))
    .action(init);
  common(fleet.command('add <board...>').description('Adds boards, each with a password of its own.'))
    .option('--set <key=value...>', 'what the boards are told, in YAML; `ringtmp schema agent` has the keys', setting)
    .addHelpText('after', example('ringtmp fleet add pi-1 pi-2 pi-3', ADD))
    .action(add);
  common(fleet.command('renew <board...>').description('Gives boards new passwords, such as after a card was lost.'))
    .addHelpText('after', example('ringtmp fleet renew pi-3', 'ringtmp fleet renew pi-3 --json'))
    .addHelpText('after', RENEW_HELP)
    .action(renew);
  common(fleet.command('list').description('Lists the boards, and whether they can log in.'))
    .addHelpText('after', example('ringtmp fleet list', 'ringtmp fleet list --json'))
    .action(list);
  common(fleet.command('remove <board...>').description('Takes boards out and locks them out of the broker.'))
    .addHelpText('after', example('ringtmp fleet remove pi-3'))
    .action(remove);
}

export function fleetFileOption(): Option {
  return new Option('--file <file>', 'the fleet file').default(USUAL_FLEET_FILE).env('RINGTMP_FLEET_FILE');
}

function common(command: Command): Command {
  return command.addOption(fleetFileOption()).option('--json', 'print JSON');
}

function setting(text: string, previous: object = {}): object {
  const [, key, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('It must be key=value.');
  return { ...previous, [key]: parseYaml(`--set ${key}`, value) };
}

async function init({ file, json, broker, fleet, credentials, operator }: InitOptions): Promise<void> {
  const { foundFleet } = await import('../fleet/members.js');
  const founders = await foundFleet(file, operator, { fleet, broker, credentials });
  if (json) {
    console.log(JSON.stringify({ file, founders }));
    return;
  }
  console.log(`${file} is ready for boards: \`ringtmp fleet add <board>\``);
  for (const { id, role, keyFile } of founders) {
    const where = keyFile === null ? 'as it was' : `in ${keyFile}`;
    console.log(`the password of ${id} (${role}) is ${where}`);
  }
}

async function add(boards: string[], { file, json, set = {} }: AddOptions): Promise<void> {
  const [{ readFleet, keyFileOf }, { addBoard }] = await loaded();
  let fleet = await readFleet(file);
  for (const id of boards) {
    fleet = await addBoard(fleet, id, set);
    const passwordFile = keyFileOf(fleet, id);
    console.log(json ? JSON.stringify({ id, passwordFile }) : `${id} is in ${file}, its password in ${passwordFile}`);
  }
}

async function renew(boards: string[], { file, json }: Options): Promise<void> {
  const [{ readFleet, keyFileOf }, { renewBoard }] = await loaded();
  const fleet = await readFleet(file);
  for (const id of boards) {
    await renewBoard(fleet, id);
    const passwordFile = keyFileOf(fleet, id);
    if (json) console.log(JSON.stringify({ id, passwordFile, credentials: fleet.credentials }));
    else
      console.log(
        `${id} has a new password in ${passwordFile}: flash its card anew, \`ringtmp flash ${id} --to <boot partition>\``,
      );
  }
  if (!json) console.log(`the old one is refused once the broker has read ${fleet.credentials}`);
}

async function list({ file, json }: Options): Promise<void> {
  const [[{ readFleet }], { rollOf, renderRoll }] = await Promise.all([loaded(), import('../fleet/roll.js')]);
  const fleet = await readFleet(file);
  const boards = await rollOf(fleet);
  const { broker, defaults } = fleet;
  if (json) console.log(JSON.stringify({ fleet: fleet.fleet, broker, defaults, boards }));
  else console.log(renderRoll(boards, process.stdout.columns || 120));
}

async function remove(boards: string[], { file, json }: Options): Promise<void> {
  const [{ readFleet }, { removeBoard }] = await loaded();
  let fleet = await readFleet(file);
  for (const id of boards) {
    fleet = await removeBoard(fleet, id);
    if (json) console.log(JSON.stringify({ removed: id }));
  }
}

function loaded() {
  return Promise.all([import('../fleet/fleet-file.js'), import('../fleet/members.js')]);
}
