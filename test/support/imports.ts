// The imports of a source file, read off its text: enough for code that a formatter has laid out.

import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';

export interface Import {
  /** `errors.ts`, `compute/tensor.ts`; of a package its bare name. */
  readonly target: string;
  /** Gone at run time. */
  readonly typeOnly: boolean;
  /** Loaded when the code that asks for it runs. */
  readonly lazy: boolean;
}

export interface SourceFile {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const STATEMENT = /^(?:import|export)\s+(type\s)?(?:[^'"`;]*?\bfrom\s+)?'([^']+)'/gm;
const LAZY = /\bimport\(\s*'([^']+)'\s*\)/g;

export function parseSource(path: string, text: string): SourceFile {
  const code = text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  const statements = [...code.matchAll(STATEMENT)].map(([, type, name]) => {
    return { target: targetOf(path, name as string), typeOnly: type !== undefined, lazy: false };
  });
  const lazy = [...code.matchAll(LAZY)].map(([, name]) => {
    return { target: targetOf(path, name as string), typeOnly: false, lazy: true };
  });
  return { path, text: code, imports: [...statements, ...lazy] };
}

export async function readSources(root: string, paths: readonly string[]): Promise<SourceFile[]> {
  return Promise.all(paths.map(async (path) => parseSource(path, await readFile(`${root}/${path}`, 'utf8'))));
}

function targetOf(path: string, name: string): string {
  if (name.startsWith('.')) return posix.join(posix.dirname(path), name).replace(/\.js$/, '.ts');
  const [scope, ...rest] = name.split('/');
  return scope?.startsWith('@') ? `${scope}/${rest[0]}` : (scope as string);
}
