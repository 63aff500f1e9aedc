// Reads the file that tells a service its settings. A mistake is told with the file, the key, the value and what to do; a
// password never is.

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { ConfigurationError, RingTmpError } from '../../errors.js';
import { validate } from '../../protocol/validation.js';
import { parseBrokerUrl } from '../../transport/broker-address.js';
import { parseYaml } from '../yaml.js';

/** Where a machine has the settings of its services, and beside them their passwords. */
export const SETTINGS_FOLDER = '/etc/ringtmp';

/** A service's file: `agent.yaml`, `master.yaml`, `broker.yaml`. */
export interface SettingsKind<S extends object = object> {
  readonly service: 'agent' | 'master' | 'broker';
  /** The file that is read where it is there and no other is named. */
  readonly usualFile: string;
  /** Names another. */
  readonly variable: string;
  /** The password's file, beside it and as systemd hands it over; null for who needs none. */
  readonly keyName: string | null;
  /** Each key is an option of the service's command, but for what hangs on pins. */
  readonly schema: z.ZodObject & z.ZodType<S>;
  /** Keys whose values are paths, which start from the file. */
  readonly paths: readonly string[];
  /** What is taken for granted in a service of systemd's, by its state folder; the file goes before it. */
  readonly inService?: (stateFolder: string) => S;
}

/**
 * Paths in it start from the file.
 * @returns null when there is no such file
 */
export async function readSettings<S extends object>(kind: SettingsKind<S>, path: string): Promise<S | null> {
  const text = await textOf(kind, path);
  if (text === null) return null;
  const settings = parseSettings(kind, `${kind.service} file ${path}`, text, `Correct ${path}: ${allowedIn(kind)}`);
  const absolute = (name: string): string => resolve(dirname(path), name);
  const entries = Object.entries(settings).map(([key, value]) => {
    if (!kind.paths.includes(key)) return [key, value];
    return [key, Array.isArray(value) ? value.map(absolute) : absolute(value)];
  });
  return Object.fromEntries(entries);
}

/**
 * @param what the text is, for the words
 * @throws ConfigurationError that lists all that is wrong with it
 */
export function parseSettings<S extends object>(
  kind: SettingsKind<S>,
  what: string,
  text: string,
  remedy = `Correct it: ${allowedIn(kind)}`,
): S {
  const value = parseYaml(what, text) ?? {}; // nothing but comments
  const settings = validate(what, kind.schema, value, remedy);
  if ('broker' in settings && typeof settings.broker === 'string') checkBroker(what, settings.broker);
  return settings;
}

function allowedIn({ service }: SettingsKind): string {
  return `\`ringtmp schema ${service}\` tells what is allowed.`;
}

/** @throws ConfigurationError when it is no URL of a broker, or holds a password */
export function checkBroker(what: string, broker: string): void {
  const { password, url } = inside(what, () => parseBrokerUrl(broker));
  if (password === undefined) return;
  throw new ConfigurationError(`${what}: broker: the URL of ${url} holds a password, which others may read there`, {
    remedy: 'Take it out, and keep it in a file of its own: passwordFile, or RINGTMP_PASSWORD_FILE.',
  });
}

async function textOf({ service }: SettingsKind, path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new ConfigurationError(`cannot read ${service} file ${path}: ${(cause as Error).message}`, {
      remedy: `It must be a file that the user who runs the ${service} may read, or leave it out with --no-config.`,
      cause,
    });
  }
}

function inside<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { message, remedy } = cause as RingTmpError;
    throw new ConfigurationError(`${what}: ${message}`, { ...(remedy && { remedy }), cause });
  }
}

/** For errors that say what is wrong, but not where to put it right. */
export function withRemedy<T>(remedy: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof RingTmpError) || cause.remedy !== undefined) throw cause;
    throw new ConfigurationError(cause.message, { remedy, cause });
  }
}
