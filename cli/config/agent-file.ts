// Reads a board's file. A mistake is told with the file, the key, the value and what to do; a password never is.

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigurationError, RingTmpError } from '../../errors.js';
import { validate } from '../../protocol/validation.js';
import { parseBrokerUrl } from '../../transport/broker-address.js';
import { parseYaml } from '../yaml.js';
import { type AgentSettings, agentSettingsSchema } from './agent-settings.js';

/** Where a board has its settings, and beside them its password. */
export const AGENT_FILE = '/etc/ringtmp/agent.yaml';
export const KEY_NAME = 'agent.key';

const ALLOWED = '`ringtmp schema agent` tells what is allowed.';

/**
 * Paths in it start from the file.
 * @returns null when there is no such file
 */
export async function readAgentFile(path: string): Promise<AgentSettings | null> {
  const text = await textOf(path);
  if (text === null) return null;
  const settings = parseAgentSettings(`agent file ${path}`, text, `Correct ${path}: ${ALLOWED}`);
  const { passwordFile, data } = settings;
  const absolute = (name: string): string => resolve(dirname(path), name);
  return {
    ...settings,
    ...(passwordFile !== undefined && { passwordFile: absolute(passwordFile) }),
    ...(data !== undefined && { data: [data].flat().map(absolute) }),
  };
}

/**
 * @param what the text is, for the words
 * @throws ConfigurationError that lists all that is wrong with it
 */
export function parseAgentSettings(what: string, text: string, remedy = `Correct it: ${ALLOWED}`): AgentSettings {
  const value = parseYaml(what, text) ?? {}; // nothing but comments
  const settings = withRemedy(remedy, () => validate(what, agentSettingsSchema, value));
  if (settings.broker !== undefined) checkBroker(what, settings.broker);
  return settings;
}

/** @throws ConfigurationError when it is no URL of a broker, or holds a password */
export function checkBroker(what: string, broker: string): void {
  const { password, url } = inside(what, () => parseBrokerUrl(broker));
  if (password === undefined) return;
  throw new ConfigurationError(`${what}: broker: the URL of ${url} holds a password, which others may read there`, {
    remedy: 'Take it out, and keep it in a file of its own: passwordFile, or RINGTMP_PASSWORD_FILE.',
  });
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new ConfigurationError(`cannot read agent file ${path}: ${(cause as Error).message}`, {
      remedy: 'It must be a file that the user who runs the agent may read, or leave it out with --no-config.',
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
