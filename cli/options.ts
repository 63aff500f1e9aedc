// The options that several commands share, and the checks of what is typed after them.

import { type Command, InvalidArgumentError, Option } from 'commander';
import { ConfigurationError } from '../errors.js';
import { NAME_PATTERN } from '../protocol/topics.js';
import { readSecret } from './config/secret.js';

export interface FleetOptions {
  readonly broker: string;
  readonly fleet: string;
  readonly user?: string;
  readonly passwordFile?: string;
}

export interface ServiceOptions extends FleetOptions {
  readonly logLevel: string;
}

export function withFleet(command: Command): Command {
  return command
    .addOption(brokerOption())
    .addOption(fleetOption())
    .addOption(passwordFileOption())
    .hook('preAction', (_, acting) => refuseVisiblePassword(acting));
}

/** In the environment a URL may hold a password; arguments everybody on the machine can read with `ps`. */
function refuseVisiblePassword(command: Command): void {
  const broker: string = command.getOptionValue('broker');
  if (command.getOptionValueSource('broker') !== 'cli' || !URL.canParse(broker)) return;
  if (new URL(broker).password === '') return;
  throw new ConfigurationError('--broker holds a password, which everybody on this machine can read', {
    remedy: 'Take it out, and set RINGTMP_PASSWORD or name a file with --password-file.',
  });
}

/** For commands that look on or give orders: they may log in, or come in without a name. */
export function withOperator(command: Command): Command {
  return withFleet(command)
    .addOption(new Option('--user <name>', 'log in as this operator or viewer').env('RINGTMP_USER').argParser(name))
    .option('--json', 'print JSON');
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export function withLogLevel(command: Command): Command {
  const option = new Option('--log-level <level>', 'how much to log, as JSON lines on stderr');
  return command.addOption(option.choices(LOG_LEVELS).default('info').env('RINGTMP_LOG_LEVEL'));
}

function brokerOption(): Option {
  const option = new Option('--broker <url>', 'the broker: mqtt://, mqtts://, ws:// or wss://');
  return option.default('mqtt://127.0.0.1:1883').env('RINGTMP_BROKER');
}

export function fleetOption(): Option {
  return new Option('--fleet <name>', 'the fleet').default('home').env('RINGTMP_FLEET').argParser(name);
}

function passwordFileOption(): Option {
  const option = new Option('--password-file <file>', 'holds the password (or set RINGTMP_PASSWORD)');
  return option.env('RINGTMP_PASSWORD_FILE');
}

/** Passwords come from a file or the environment. */
export function readPassword({ passwordFile }: Pick<FleetOptions, 'passwordFile'>): string | undefined {
  return passwordFile === undefined ? process.env.RINGTMP_PASSWORD : readSecret(passwordFile);
}

export function name(text: string): string {
  if (NAME_PATTERN.test(text)) return text;
  throw new InvalidArgumentError('It takes 1 to 63 lower-case letters, digits, "-" or "_".');
}

export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
  };
}

/** For its boards, by a run. */
export const LONGEST_WAIT_S = 3_600;

/** On one computer, more only get in each other's way. */
const MOST_BOARDS = 64;

/** Each once, in order: `4,1,2`. */
export function boardNumbers(text: string): number[] {
  const one = wholeNumber(1, MOST_BOARDS);
  return [...new Set(text.split(',').map(one))].sort((a, b) => a - b);
}

export const portNumber = wholeNumber(0, 65_535);

export function example(...lines: string[]): string {
  return `\n${lines.length > 1 ? 'Examples' : 'Example'}:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}
