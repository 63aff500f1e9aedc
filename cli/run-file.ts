// Reads a run file (YAML, and so JSON too): its text, its schema, and its data paths, which are
// relative to the file, because whoever wrote them looked from there.

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { ConfigurationError } from '../errors.js';
import { type DataSpec, type RunSpec, runSpecSchema } from '../protocol/run-spec.js';
import { validate } from '../protocol/validation.js';

/** @throws ConfigurationError that names the file and, in it, the line or the path */
export async function readRunFile(path: string): Promise<RunSpec> {
  const spec = validate(`run file ${path}`, runSpecSchema, parseRunFile(path, await readText(path)));
  return { ...spec, data: withAbsolutePaths(spec.data, dirname(resolve(path))) };
}

export function parseRunFile(path: string, text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (!error) return document.toJS();
  const { line, column } = position(text, error.pos[0]);
  throw new ConfigurationError(`run file ${path}, line ${line}, column ${column}: ${error.message}`, {
    remedy: 'Correct the YAML there: indent with spaces, and put quotes round text that holds ": " or "#".',
    cause: error,
  });
}

function position(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const message = isMissing
      ? `there is no run file ${path}`
      : `cannot read run file ${path}: ${(cause as Error).message}`;
    throw new ConfigurationError(message, { remedy: 'Name a YAML or JSON file, such as examples/digits.yaml.', cause });
  }
}

export function withAbsolutePaths(data: DataSpec, folder: string): DataSpec {
  const absolute = (path: string): string => resolve(folder, path);
  const both = ({ images, labels }: { images: string; labels: string }) => {
    return { images: absolute(images), labels: absolute(labels) };
  };
  switch (data.source) {
    case 'csv':
      return { ...data, path: absolute(data.path) };
    case 'idx':
      return { ...data, train: both(data.train), test: both(data.test) };
    default:
      return data;
  }
}
