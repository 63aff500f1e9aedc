// Where a service's settings come from, the first that has one: the command line, the environment, the service's file, a
// default. Commander knows of each value where it is from, so the file only fills in what nobody has said.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { ConfigurationError } from '../../errors.js';
import { parseAddress } from '../../protocol/link-address.js';
import { validate } from '../../protocol/validation.js';
import { handedOver } from '../handed-over.js';
import { parseYaml } from '../yaml.js';
import { readSettings, type SettingsKind, withRemedy } from './settings-file.js';

type Settings = Readonly<Record<string, unknown>>;

export function withConfig(command: Command, kind: SettingsKind, whose: string): Command {
  const description = `the settings of this ${whose}, in YAML (default: ${kind.usualFile}, where it is there)`;
  return command
    .addOption(new Option('--config <file>', description).env(kind.variable))
    .option('--no-config', 'read no file')
    .hook('preAction', (_, acting) => settle(acting, kind));
}

/** Gives each option of the command its value. */
export async function settle(command: Command, kind: SettingsKind, env: NodeJS.ProcessEnv = process.env) {
  const path = fileOf(command, kind);
  if (path !== null && env.STATE_DIRECTORY) fill(command, 'implied', { ...kind.inService?.(env.STATE_DIRECTORY) });
  fill(command, 'config', path === null ? {} : await settingsIn(path, command, kind, env));
  fill(command, 'env', fromEnvironment(command, kind, env));
  const password = standingPassword(path, kind, env);
  if (password !== undefined && env.RINGTMP_PASSWORD === undefined)
    fill(command, 'default', { passwordFile: password });
}

function fileOf(command: Command, { usualFile }: SettingsKind): string | null {
  const named: string | false | undefined = command.getOptionValue('config');
  if (named === false || named === '') return null;
  return named ?? usualFile;
}

async function settingsIn(path: string, command: Command, kind: SettingsKind, env: NodeJS.ProcessEnv) {
  const settings = await readSettings(kind, path);
  if (settings === null && command.getOptionValue('config') !== undefined) {
    throw new ConfigurationError(`there is no ${kind.service} file ${path}`, {
      remedy: `Name one that is there, or none with --no-config; examples/${kind.service}.yaml is one.`,
    });
  }
  // A password in the environment goes before a file's.
  const { passwordFile, ...others }: Settings = { ...settings };
  return passwordFile === undefined || env.RINGTMP_PASSWORD !== undefined ? others : { ...others, passwordFile };
}

/** Variables of the keys that no option of the command has one for; their values are YAML: `[{gpio: 17}]`. */
function fromEnvironment(command: Command, { service, schema }: SettingsKind, env: NodeJS.ProcessEnv): Settings {
  const byOption = new Set(command.options.filter(({ envVar }) => envVar).map((option) => option.attributeName()));
  const settings: Record<string, unknown> = {};
  for (const [key, ofKey] of Object.entries(schema.shape)) {
    const variable = variableOf(key);
    const text = env[variable];
    if (byOption.has(key) || key === '$schema' || text === undefined || text === '') continue;
    const what = `environment variable ${variable}`;
    const remedy = `Correct or unset ${variable}: \`ringtmp schema ${service}\` tells what "${key}" may be.`;
    settings[key] = withRemedy(remedy, () => validate(what, ofKey, parseYaml(what, text), remedy));
  }
  return settings;
}

/** `sampleHz`: `RINGTMP_SAMPLE_HZ` */
export function variableOf(key: string): string {
  return `RINGTMP_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

const WEAKER: Readonly<Record<'env' | 'config' | 'implied' | 'default', readonly (string | undefined)[]>> = {
  default: [undefined],
  implied: [undefined, 'default'],
  config: [undefined, 'default', 'implied'],
  env: [undefined, 'default', 'implied', 'config'],
};

function fill(command: Command, source: keyof typeof WEAKER, settings: Settings): void {
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
function standingPassword(path: string | null, { keyName }: SettingsKind, env: NodeJS.ProcessEnv): string | undefined {
  if (keyName === null) return undefined;
  const beside = path === null ? '' : join(dirname(path), keyName);
  return handedOver(keyName, env.CREDENTIALS_DIRECTORY ?? '') ?? (existsSync(beside) ? beside : undefined);
}
