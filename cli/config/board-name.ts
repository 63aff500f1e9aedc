// What a board is called that nobody has given a name.

import { hostname } from 'node:os';
import { ConfigurationError } from '../../errors.js';
import { NAME_PATTERN } from '../../protocol/topics.js';

/** As its host, without the domain. */
export function boardName(hostName = hostname()): string {
  const name = hostName.split('.')[0]?.toLowerCase() ?? '';
  if (NAME_PATTERN.test(name)) return name;
  throw new ConfigurationError(`this board has no name, and its host's, ${JSON.stringify(hostName)}, cannot be one`, {
    remedy: 'Give it one of 1 to 63 lower-case letters, digits, "-" or "_": --id, RINGTMP_ID, or "id" in its file.',
  });
}
