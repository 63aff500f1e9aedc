// A board's files, from what the fleet file says about it.

import { readSecret } from '../config/secret.js';
import { type Fleet, keyFileOf, settingsOf } from '../fleet/fleet-file.js';
import { formatYaml } from '../yaml.js';
import { type BoardFiles, withHeader } from './sealed.js';

/** @throws ConfigurationError when there is no such board, or its password is gone or open to others */
export function boardFiles(fleet: Fleet, id: string): BoardFiles {
  const settings = withHeader(id, formatYaml(settingsOf(fleet, id)));
  return { settings, key: Buffer.from(`${readSecret(keyFileOf(fleet, id))}\n`) };
}
