// A run's files: what was asked (`spec.json`), what happened (`journal.ndjson`), the curve
// (`metrics.csv`), what came out (`model.safetensors`) and what it cost at each position (`figures.json`).

import { mkdir, open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DataError } from '../errors.js';
import type { BoardFigures, RunMetrics } from '../protocol/run-messages.js';
import type { RunSpec } from '../protocol/run-spec.js';
import { AppendFile } from './append-file.js';
import { mendLines } from './recovery/run-history.js';

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
  /** To be set by whoever wants to know that the disk takes no more, and (null) that it does again. Nothing is lost meanwhile. */
  onTrouble: (error: DataError | null) => void;
  readonly path: string;
  /** Of the run: the folder's own. */
  readonly name: string;
  /** One JSON line, with the time. */
  journal(entry: object): void;
  /** Resolves when the journal is on the disk as it is now. */
  syncJournal(): Promise<void>;
  metrics(metrics: RunMetrics): void;
  /**
   * Written beside, synced, then renamed: a model file is whole or absent.
   * @throws DataError when the disk does not take it
   */
  saveModel(file: Uint8Array): Promise<string>;
  /** By position, at the run's end. */
  saveFigures(figures: readonly BoardFigures[]): Promise<void>;
  close(): Promise<void>;
}

const FILES = { spec: 'spec.json', journal: 'journal.ndjson', metrics: 'metrics.csv' } as const;

/**
 * @param name a free one is made of it: `name`, `name-2`, ...
 * @throws DataError when the folder cannot be made
 */
export async function createRunFolder(runsFolder: string, name: string, spec: RunSpec): Promise<RunFolder> {
  try {
    await mkdir(runsFolder, { recursive: true });
    const path = await createUnique(join(runsFolder, name));
    await writeFile(join(path, FILES.spec), `${JSON.stringify(spec, null, 2)}\n`);
    const folder = openRunFolder(path);
    folder.begin();
    return folder;
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

/** The newest first. */
export async function runFolders(runsFolder: string): Promise<string[]> {
  const names = await readdir(runsFolder).catch(() => []);
  const folders = await Promise.all(
    names.map(async (name) => ({ path: join(runsFolder, name), beganMs: await beginningOf(join(runsFolder, name)) })),
  );
  const runs = folders.filter(({ beganMs }) => beganMs !== null);
  return runs.sort((a, b) => Number(b.beganMs) - Number(a.beganMs)).map(({ path }) => path);
}

/** @returns null where no run is */
async function beginningOf(path: string): Promise<number | null> {
  const spec = await stat(join(path, FILES.spec)).catch(() => null);
  return spec?.mtimeMs ?? null;
}

/** What a master before this one has left in a run's folder. */
export interface LeftRun {
  readonly folder: RunFolder;
  readonly spec: unknown;
  /** Whole lines, joined. */
  readonly journal: string;
  /** The last one that is told. */
  readonly lastMetrics: { readonly step: number; readonly elapsedSeconds: number } | null;
}

/** @returns null when there is no run in that folder */
export async function reopenRunFolder(path: string): Promise<LeftRun | null> {
  const spec = await readFile(join(path, FILES.spec), 'utf8').catch(() => null);
  if (spec === null) return null;
  const [journal, rows] = await Promise.all([mendLines(path, FILES.journal), mendLines(path, FILES.metrics)]);
  const folder = openRunFolder(path);
  if (rows.length === 0) folder.begin();
  const text = journal.map((line) => `${line}\n`).join('');
  return { folder, spec: tryParse(spec), journal: text, lastMetrics: metricsIn(rows.at(-1) ?? '') };
}

function metricsIn(row: string): LeftRun['lastMetrics'] {
  const cells = row.split(',');
  const cell = (name: string) => Number(cells[METRICS_COLUMNS.findIndex(([each]) => each === name)] || Number.NaN);
  const [step, elapsedSeconds] = [cell('step'), cell('elapsedSeconds')];
  return Number.isNaN(step) ? null : { step, elapsedSeconds: elapsedSeconds || 0 };
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function openRunFolder(path: string): RunFolder & { begin(): void } {
  const tell = (cause: Error | null) => folder.onTrouble(cause && unwritable(path, cause));
  const troubles = new Troubles(tell);
  const [journal, metrics] = [FILES.journal, FILES.metrics].map(
    (name) => new AppendFile({ path: join(path, name), onTrouble: (cause) => troubles.of(name, cause) }),
  ) as [AppendFile, AppendFile];
  const folder: RunFolder & { begin(): void } = {
    path,
    name: basename(path),
    onTrouble: () => {},
    begin: () => metrics.append(`${METRICS_COLUMNS.map(([name]) => name).join(',')}\n`),
    journal: (entry) => journal.append(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`),
    syncJournal: () => journal.sync(),
    metrics: (row) => metrics.append(`${METRICS_COLUMNS.map(([, of]) => of(row) ?? '').join(',')}\n`),
    saveFigures: (figures) => writeFile(join(path, 'figures.json'), `${JSON.stringify(figures, null, 2)}\n`),
    saveModel: async (file) => saveAtomically(join(path, 'model.safetensors'), file),
    close: async () => {
      await Promise.all([journal.close(), metrics.close()]);
    },
  };
  return folder;
}

/** Of several files: it is over when it is over for all of them. */
class Troubles {
  private readonly causes = new Map<string, Error>();

  constructor(private readonly tell: (cause: Error | null) => void) {}

  /** @param cause null: the file can be written to again */
  of(name: string, cause: Error | null): void {
    if (cause) this.causes.set(name, cause);
    else this.causes.delete(name);
    const [first = null] = this.causes.values();
    this.tell(first);
  }
}

function unwritable(path: string, cause: Error): DataError {
  return new DataError(`cannot write the run's files in ${path}: ${cause.message}`, {
    remedy: 'See to it that the folder can be written to and that the disk has room.',
    cause,
  });
}

async function saveAtomically(path: string, bytes: Uint8Array): Promise<string> {
  const temporary = `${path}.new`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    throw unwritable(dirname(path), cause as Error);
  }
  return path;
}
