// The snapshots that a board keeps of a run, its own and its neighbour's, one file each. A file's name says what is in
// it and ends with its SHA-256: a file that is cut short, or whose disk forgets, is none.

import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../errors.js';
import type { SnapshotEntry } from '../protocol/assignment.js';

/** Which layers, at which version. */
export type SnapshotKey = Pick<SnapshotEntry, 'step' | 'firstLayer' | 'endLayer'>;

const NAME = /^(\d+)\.(\d+)-(\d+)\.([0-9a-f]{64})\.safetensors$/;
const UNFINISHED = '.new';
/** What these say of a file does not change by itself: it is not there, or its part of the disk is broken. */
const LOST = new Set(['ENOENT', 'EISDIR', 'EIO']);

export class SnapshotFolder {
  /** Names of files that are being written: not there yet, and not left over either. */
  private readonly unfinished = new Set<string>();

  /**
   * @param path of one run at one board; made when the first snapshot comes
   * @param readBytes of a file
   */
  constructor(
    readonly path: string,
    private readonly readBytes: (path: string) => Promise<Uint8Array> = readFile,
  ) {}

  /**
   * On the disk when it returns, or not at all.
   * @throws DataError when the disk takes it not
   */
  async save(key: SnapshotKey, file: Uint8Array): Promise<SnapshotEntry> {
    const entry = { ...key, sha256: digestOf(file), bytes: file.length };
    const path = join(this.path, nameOf(entry));
    this.unfinished.add(nameOf(entry) + UNFINISHED);
    try {
      await mkdir(this.path, { recursive: true });
      await writeSynced(path + UNFINISHED, file);
      await rename(path + UNFINISHED, path);
      await syncFolder(this.path);
    } catch (cause) {
      await rm(path + UNFINISHED, { force: true }).catch(() => {});
      throw new DataError(`cannot keep a snapshot in ${this.path}: ${(cause as Error).message}`, {
        remedy: 'See to it that the folder can be written to and that the disk has room.',
        cause,
      });
    } finally {
      this.unfinished.delete(nameOf(entry) + UNFINISHED);
    }
    return entry;
  }

  /**
   * What is whole, by its checksum. What was read and is not whole is gone afterwards, and so is what was left half written.
   * @throws DataError when one cannot be read now, though it may be whole: a run that took it for lost would begin anew
   */
  async inventory(): Promise<SnapshotEntry[]> {
    const entries: SnapshotEntry[] = [];
    for (const name of await this.names()) {
      if (this.unfinished.has(name)) continue;
      const key = keyOf(name);
      const file = key && (await this.tryRead(name));
      if (key && file && digestOf(file) === key.sha256) entries.push({ ...key, bytes: file.length });
      else if (file || name.endsWith(UNFINISHED)) await rm(join(this.path, name), { force: true });
    }
    return entries.sort((a, b) => a.step - b.step || a.firstLayer - b.firstLayer || a.endLayer - b.endLayer);
  }

  /** @throws DataError when it is not there, or not as it was written */
  async read(entry: Omit<SnapshotEntry, 'bytes'>): Promise<Uint8Array> {
    const file = await readFile(join(this.path, nameOf(entry))).catch(() => null);
    if (file !== null && digestOf(file) === entry.sha256) return file;
    const { step, firstLayer, endLayer } = entry;
    throw new DataError(
      `the snapshot of layers ${firstLayer} to ${endLayer} at step ${step} is not ${file === null ? 'there' : 'whole'} in ${this.path}`,
      { remedy: 'The run goes on from another board that has it, or from an earlier one.' },
    );
  }

  /**
   * @param steps that are kept, the newest ones
   * @param besides kept, too: a step that is older than all others
   */
  async keepNewest(steps: number, besides?: number): Promise<void> {
    const all = (await this.names()).map((name) => keyOf(name)?.step).filter((step) => step !== undefined);
    const [oldest] = [...new Set(all)].sort((a, b) => a - b).slice(-steps);
    await this.delete((step) => oldest !== undefined && step < oldest && step !== besides);
  }

  async deleteAfter(last: number): Promise<void> {
    await this.delete((step) => step > last);
  }

  /** When the run is over. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  /** @returns null for what is not there, and for what the disk does not give back: another board has it, too */
  private async tryRead(name: string): Promise<Uint8Array | null> {
    try {
      return await this.readBytes(join(this.path, name));
    } catch (cause) {
      if (LOST.has((cause as NodeJS.ErrnoException).code ?? '')) return null;
      throw new DataError(`cannot read a snapshot in ${this.path}: ${(cause as Error).message}`, {
        remedy: 'See to it that the folder can be read, and that the process may open as many files as it needs.',
        cause,
      });
    }
  }

  private async delete(isOver: (step: number) => boolean): Promise<void> {
    for (const name of await this.names()) {
      const key = keyOf(name);
      if (key && isOver(key.step)) await rm(join(this.path, name), { force: true });
    }
  }

  private async names(): Promise<string[]> {
    return readdir(this.path).catch(() => []);
  }
}

function nameOf({ step, firstLayer, endLayer, sha256 }: Omit<SnapshotEntry, 'bytes'>): string {
  return `${step}.${firstLayer}-${endLayer}.${sha256}.safetensors`;
}

function keyOf(name: string): Omit<SnapshotEntry, 'bytes'> | null {
  const [, step, firstLayer, endLayer, sha256] = NAME.exec(name) ?? [];
  if (sha256 === undefined) return null;
  return { step: Number(step), firstLayer: Number(firstLayer), endLayer: Number(endLayer), sha256 };
}

export function isSame(a: SnapshotEntry, b: SnapshotEntry): boolean {
  return nameOf(a) === nameOf(b);
}

function digestOf(file: Uint8Array): string {
  return createHash('sha256').update(file).digest('hex');
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A new name lasts only once its folder is on the disk. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
