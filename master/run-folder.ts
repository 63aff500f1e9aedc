// A run's files: what was asked (`spec.json`), what happened (`journal.ndjson`), the curve
// (`metrics.csv`), what came out (`model.safetensors`) and what it cost at each position (`figures.json`).

import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { DataError } from '../errors.js';
import type { BoardFigures, RunMetrics } from '../protocol/messages.js';
import type { RunSpec } from '../protocol/run-spec.js';

/** Empty where nothing is known; the joules are `energy` of the metrics on the wire. */
const METRICS_COLUMNS: readonly (readonly [name: string, of: (metrics: RunMetrics) => number | string | undefined])[] =
  [
    ['step', ({ step }) => step],
    ['epoch', ({ epoch }) => epoch],
    ['loss', ({ loss }) => loss],
    ['learningRate', ({ learningRate }) => learningRate],
    ['samplesPerSecond', ({ samplesPerSecond }) => samplesPerSecond],
    ['elapsedSeconds', ({ elapsedSeconds }) => elapsedSeconds],
    ['time', ({ time }) => time],
    ['joules', ({ energy }) => energy?.joules],
    ['energySource', ({ energy }) => energy?.source],
    ['energyPositions', ({ energy }) => energy?.positions],
  ];

export interface RunFolder {
  /** To be set by whoever wants to know that the disk takes no more. */
  onError: (error: DataError) => void;
  readonly path: string;
  /** Of the run: the folder's own. */
  readonly name: string;
  /** One JSON line, with the time. */
  journal(entry: object): void;
  metrics(metrics: RunMetrics): void;
  /** Written beside, synced, then renamed: a model file is whole or absent. */
  saveModel(file: Uint8Array): Promise<string>;
  /** By position, at the run's end. */
  saveFigures(figures: readonly BoardFigures[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param name a free one is made of it: `name`, `name-2`, ...
 * @throws DataError when the folder cannot be made
 */
export async function createRunFolder(runsFolder: string, name: string, spec: RunSpec): Promise<RunFolder> {
  try {
    await mkdir(runsFolder, { recursive: true });
    const path = await createUnique(join(runsFolder, name));
    await writeFile(join(path, 'spec.json'), `${JSON.stringify(spec, null, 2)}\n`);
    return openRunFolder(path);
  } catch (cause) {
    throw unwritable(runsFolder, cause as Error);
  }
}

/** Two runs may begin within a second. */
async function createUnique(wanted: string): Promise<string> {
  for (let count = 1; ; count++) {
    const path = count === 1 ? wanted : `${wanted}-${count}`;
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function openRunFolder(path: string): RunFolder {
  const journal = createWriteStream(join(path, 'journal.ndjson'), { flags: 'a' });
  const metrics = createWriteStream(join(path, 'metrics.csv'), { flags: 'a' });
  metrics.write(`${METRICS_COLUMNS.map(([name]) => name).join(',')}\n`);
  const folder: RunFolder = {
    path,
    name: basename(path),
    onError: () => {},
    journal: (entry) => journal.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`),
    metrics: (row) => metrics.write(`${METRICS_COLUMNS.map(([, of]) => of(row) ?? '').join(',')}\n`),
    saveFigures: (figures) => writeFile(join(path, 'figures.json'), `${JSON.stringify(figures, null, 2)}\n`),
    saveModel: async (file) => saveAtomically(join(path, 'model.safetensors'), file),
    close: async () => {
      await Promise.all([end(journal), end(metrics)]);
    },
  };
  for (const stream of [journal, metrics]) stream.on('error', (cause) => folder.onError(unwritable(path, cause)));
  return folder;
}

function unwritable(path: string, cause: Error): DataError {
  return new DataError(`cannot write the run's files in ${path}: ${cause.message}`, {
    remedy: 'See to it that the folder can be written to and that the disk has room.',
    cause,
  });
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
  await finished(stream).catch(() => {}); // `onError` told
}
