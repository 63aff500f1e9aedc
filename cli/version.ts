// The version of this package, and of the Node.js that it needs, as package.json tells them.

import { readFileSync } from 'node:fs';

interface Package {
  readonly version: string;
  readonly engines: { readonly node: string };
}

export function version(): string {
  return readPackage().version;
}

/** `20.19` */
export function requiredNode(): string {
  return readPackage().engines.node.replace(/^\D+/, '');
}

function readPackage(): Package {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
}
