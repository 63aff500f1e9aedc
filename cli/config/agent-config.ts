// Where an agent's settings come from, the first that has one: the command line, the environment, the board's file, a
// default. Commander knows of each value where it is from, so the file only fills in what nobody has said.

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { ConfigurationError } from '../../errors.js';
import { parseAddress } from '../../protocol/link-address.js';
import { NAME_PATTERN } from '../../protocol/topics.js';
import { validate } from '../../protocol/validation.js';
import { handedOver } from '../handed-over.js';
import { parseYaml } from '../yaml.js';
import { AGENT_FILE, KEY_NAME, readAgentFile, withRemedy } from './agent-file.js';
import { type AgentSettings, agentSettingsSchema } from './agent-settings.js';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** The file that is read where it is there and no other is named. */
  readonly usualFile: string;
}

export function withAgentConfig(command: Command): Command {
  const description = `the settings of this board, in YAML (default: ${AGENT_FILE}, where it is there)`;
  return command
    .addOption(new Option('--config <file>', description).env('RINGTMP_CONFIG'))
    .option('--no-config', 'read no file')
    .hook('preAction', (_, acting) => settle(acting));
}

const HERE: Surroundings = { env: process.env, usualFile: AGENT_FILE };

/** Gives each option of the command its value. */
export async function settle(command: Command, surroundings: Surroundings = HERE): Promise<void> {
  const { env } = surroundings;
  const path = fileOf(command, surroundings);
  fill(command, 'config', path === null ? {} : await settingsIn(path, command, env));
  fill(command, 'env', fromEnvironment(command, env));
  const password = standingPassword(path, env);
  if (password !== undefined && env.RINGTMP_PASSWORD === undefined)
    fill(command, 'default', { passwordFile: password });
}

function fileOf(command: Command, { usualFile }: Surroundings): string | null {
  const named: string | false | undefined = command.getOptionValue('config');
  if (named === false || named === '') return null;
  return named ?? usualFile;
}

async function settingsIn(path: string, command: Command, env: NodeJS.ProcessEnv): Promise<AgentSettings> {
  const settings = await readAgentFile(path);
  if (settings === null && command.getOptionValue('config') !== undefined) {
    throw new ConfigurationError(`there is no agent file ${path}`, {
      remedy: 'Name one that is there, or none with --no-config; examples/agent.yaml is one.',
    });
  }
  // A password in the environment goes before a file's.
  const { passwordFile: _, ...others } = settings ?? {};
  return env.RINGTMP_PASSWORD === undefined ? (settings ?? {}) : others;
}

/** Variables of the keys that no option of the command has one for; their values are YAML: `[{gpio: 17}]`. */
function fromEnvironment(command: Command, env: NodeJS.ProcessEnv): AgentSettings {
  const byOption = new Set(command.options.filter(({ envVar }) => envVar).map((option) => option.attributeName()));
  const settings: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(agentSettingsSchema.shape)) {
    const variable = variableOf(key);
    const text = env[variable];
    if (byOption.has(key) || key === '$schema' || text === undefined || text === '') continue;
    const what = `environment variable ${variable}`;
    const remedy = `Correct or unset ${variable}: \`ringtmp schema agent\` tells what "${key}" may be.`;
    settings[key] = withRemedy(remedy, () => validate(what, schema, parseYaml(what, text)));
  }
  return settings as AgentSettings;
}

/** `sampleHz`: `RINGTMP_SAMPLE_HZ` */
export function variableOf(key: string): string {
  return `RINGTMP_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

const WEAKER: Readonly<Record<'config' | 'env' | 'default', readonly (string | undefined)[]>> = {
  default: [undefined],
  config: [undefined, 'default'],
  env: [undefined, 'default', 'config'],
};

function fill(command: Command, source: keyof typeof WEAKER, settings: AgentSettings): void {
  for (const [key, value] of Object.entries(settings)) {
    if (value === undefined || !WEAKER[source].includes(command.getOptionValueSource(key))) continue;
    command.setOptionValueWithSource(key, asOption(key, value), source);
  }
}

/** As the option's own parser would have made it. */
function asOption(key: string, value: unknown): unknown {
  if (key === 'linkAddress') return parseAddress(value as string);
  return key === 'data' ? [value].flat() : value;
}

/** What systemd hands over, or what lies beside the file. */
function standingPassword(path: string | null, { CREDENTIALS_DIRECTORY }: NodeJS.ProcessEnv): string | undefined {
  const beside = path === null ? '' : join(dirname(path), KEY_NAME);
  return handedOver(KEY_NAME, CREDENTIALS_DIRECTORY ?? '') ?? (existsSync(beside) ? beside : undefined);
}

/** What a board is called that has no name of its own: as its host, without the domain. */
export function boardName(hostName = hostname()): string {
  const name = hostName.split('.')[0]?.toLowerCase() ?? '';
  if (NAME_PATTERN.test(name)) return name;
  throw new ConfigurationError(`this board has no name, and its host's, ${JSON.stringify(hostName)}, cannot be one`, {
    remedy: 'Give it one of 1 to 63 lower-case letters, digits, "-" or "_": --id, RINGTMP_ID, or "id" in its file.',
  });
}
