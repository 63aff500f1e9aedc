// A run's files: what was asked (`spec.json`), what happened (`journal.ndjson`), the curve
// (`metrics.csv`) and what came out (`model.safetensors`).

import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { RunMetrics } from '../protocol/messages.js';
import type { RunSpec } from '../protocol/run-spec.js';

const METRICS_COLUMNS = ['step', 'epoch', 'loss', 'learningRate', 'samplesPerSecond', 'time'] as const;

export interface RunFolder {
  readonly path: string;
  /** One JSON line, with the time. */
  journal(entry: object): void;
  metrics(metrics: RunMetrics): void;
  /** Written beside, synced, then renamed: a model file is whole or absent. */
  saveModel(file: Uint8Array): Promise<string>;
  close(): Promise<void>;
}

export async function createRunFolder(runsFolder: string, run: string, spec: RunSpec): Promise<RunFolder> {
  const path = join(runsFolder, run);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'spec.json'), `${JSON.stringify(spec, null, 2)}\n`);
  const journal = createWriteStream(join(path, 'journal.ndjson'), { flags: 'a' });
  const metrics = createWriteStream(join(path, 'metrics.csv'), { flags: 'a' });
  metrics.write(`${METRICS_COLUMNS.join(',')}\n`);
  return {
    path,
    journal: (entry) => journal.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`),
    metrics: (row) => metrics.write(`${METRICS_COLUMNS.map((column) => row[column]).join(',')}\n`),
    saveModel: async (file) => saveAtomically(join(path, 'model.safetensors'), file),
    close: async () => {
      await Promise.all([end(journal), end(metrics)]);
    },
  };
}

async function saveAtomically(path: string, bytes: Uint8Array): Promise<string> {
  const temporary = `${path}.new`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  return path;
}

async function end(stream: WriteStream): Promise<void> {
  stream.end();
  await finished(stream);
}
