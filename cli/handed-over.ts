// A secret that systemd hands over to a service (LoadCredential=): a file in a folder that only this service sees.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @returns the file; none where nothing but the unit's fallback, a blank, was handed over */
export function handedOver(name: string, folder = process.env.CREDENTIALS_DIRECTORY): string | undefined {
  if (!folder) return undefined;
  const path = join(folder, name);
  return existsSync(path) && readFileSync(path, 'utf8').trim() !== '' ? path : undefined;
}

/** For where nobody has named another password. */
export function withHandedOver<O extends { readonly passwordFile?: string }>(options: O, name: string): O {
  const isNamed = options.passwordFile !== undefined || process.env.RINGTMP_PASSWORD !== undefined;
  const passwordFile = isNamed ? undefined : handedOver(name);
  return passwordFile === undefined ? options : { ...options, passwordFile };
}
