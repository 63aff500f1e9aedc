// The version of this package, and of the Node.js that it needs, as package.json tells them.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Package {
  readonly version: string;
  readonly engines: { readonly node: string };
}

export function version(): string {
  return readPackage().version;
}

/** `ringtmp 0.1.0, build 1f2e3d4c5b6a`: two builds of one version are two programs. */
export async function programText(): Promise<string> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const names = (await readdir(root, { recursive: true })).filter(isProgram).sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(name).update(await readFile(join(root, name)));
  return `ringtmp ${version()}, build ${hash.digest('hex').slice(0, 12)}`;
}

function isProgram(name: string): boolean {
  return /\.(js|wasm)$/.test(name) && !name.startsWith(`test${sep}`);
}

/** `20.19` */
export function requiredNode(): string {
  return readPackage().engines.node.replace(/^\D+/, '');
}

function readPackage(): Package {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
}
