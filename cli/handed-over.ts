// A secret that systemd hands over to a service (LoadCredential=): a file in a folder that only this service sees.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @returns the file; none where nothing but the unit's fallback, a blank, was handed over */
export function handedOver(name: string, folder = process.env.CREDENTIALS_DIRECTORY): string | undefined {
  if (!folder) return undefined;
  const path = join(folder, name);
  return existsSync(path) && readFileSync(path, 'utf8').trim() !== '' ? path : undefined;
}
