// A board's files, from what the fleet file says about it.

import { existsSync } from 'node:fs';
import { ConfigurationError } from '../../errors.js';
import { readSecret } from '../config/secret.js';
import { type Fleet, keyFileOf, settingsOf } from '../fleet/fleet-file.js';
import { formatYaml } from '../yaml.js';
import { type BoardFiles, withHeader } from './sealed.js';

/** @throws ConfigurationError when there is no such board, or its password is gone or open to others */
export function boardFiles(fleet: Fleet, id: string): BoardFiles {
  const settings = withHeader(id, formatYaml(settingsOf(fleet, id)));
  if (!existsSync(keyFileOf(fleet, id))) {
    throw new ConfigurationError(`board "${id}" has no password: there is no ${keyFileOf(fleet, id)}`, {
      remedy: `Make one: \`ringtmp fleet add ${id}\`; its settings stay as they are.`,
    });
  }
  return { settings, key: Buffer.from(`${readSecret(keyFileOf(fleet, id))}\n`) };
}
