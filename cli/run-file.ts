// Reads a run file (YAML, and so JSON too): its text, its schema, and its data paths. On the master's own
// machine they are relative to the file, because whoever wrote them looked from there.

import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { dirname, resolve } from 'node:path';
import { ConfigurationError } from '../errors.js';
import { type DataSpec, RUN_FILE_REMEDY, type RunSpec, runSpecSchema } from '../protocol/run-spec.js';
import { validate } from '../protocol/validation.js';
import { parseYaml } from './yaml.js';

/**
 * @param broker of the master that will read the data; none when this machine does
 * @throws ConfigurationError that names the file and, in it, the line or the path
 */
export async function readRunFile(path: string, broker?: string): Promise<RunSpec> {
  const asked = parseRunFile(path, await readText(path));
  const spec = validate(`run file ${path}`, runSpecSchema, asked, RUN_FILE_REMEDY);
  // Elsewhere the folders of this machine mean nothing: the master looks in its own.
  if (broker !== undefined && !isOnThisMachine(broker)) return spec;
  return { ...spec, data: withAbsolutePaths(spec.data, dirname(resolve(path))) };
}

/** Whether a URL's host is loopback: broker and master of such a fleet are on this machine. */
export function isOnThisMachine(url: string): boolean {
  const { hostname } = URL.canParse(url) ? new URL(url) : { hostname: '' };
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}

/** The folders of the files that a run of this machine reads. */
export function dataFoldersOf(data: DataSpec): string[] {
  switch (data.source) {
    case 'csv':
      return [dirname(data.path)];
    case 'idx':
      return [...new Set([data.train, data.test].flatMap(({ images, labels }) => [dirname(images), dirname(labels)]))];
    default:
      return [];
  }
}

export function parseRunFile(path: string, text: string): unknown {
  return parseYaml(`run file ${path}`, text);
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
