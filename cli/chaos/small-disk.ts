// A disk of a few MB that can be filled and emptied: a tmpfs, for which one has to be root on Linux. Mounting and
// unmounting are synchronous, so that nothing stays mounted even where the command ends at once.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '../../errors.js';

const BALLAST = 'ballast';
const PIECE_BYTES = 2 ** 16;

export class SmallDisk {
  private isMounted = true;

  private constructor(readonly path: string) {}

  /** @throws DataError when this machine, or this user, cannot mount */
  static mount(path: string, bytes: number): SmallDisk {
    mkdirSync(path, { recursive: true });
    call('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'ringtmp-chaos', path]);
    return new SmallDisk(path);
  }

  /** @returns why there can be none here; null when there can be */
  static obstacle(): string | null {
    const path = mkdtempSync(join(tmpdir(), 'ringtmp-disk-'));
    try {
      SmallDisk.mount(path, PIECE_BYTES).unmount();
      return null;
    } catch (error) {
      return (error as Error).message;
    } finally {
      rmdirSync(path);
    }
  }

  async fill(): Promise<void> {
    const file = await open(join(this.path, BALLAST), 'w');
    try {
      for (const piece of [Buffer.alloc(PIECE_BYTES, 1), Buffer.alloc(1, 1)]) await writeUntilFull(file, piece);
    } finally {
      await file.close();
    }
  }

  async empty(): Promise<void> {
    await rm(join(this.path, BALLAST), { force: true });
  }

  unmount(): void {
    if (!this.isMounted) return;
    this.isMounted = false;
    // Lazily: whoever still has a file open there must not keep the folder from going.
    call('umount', ['--lazy', this.path]);
  }
}

async function writeUntilFull(file: { write(piece: Buffer): Promise<{ bytesWritten: number }> }, piece: Buffer) {
  try {
    while ((await file.write(piece)).bytesWritten === piece.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

function call(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  throw new DataError(`${command} failed: ${error?.message ?? stderr.trim()}`, {
    remedy: 'A disk that is full takes root on Linux: leave `full` out of --kinds.',
  });
}
