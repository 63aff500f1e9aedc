// The root of the FAT file system in an image, by mtools: nothing is mounted, so nobody need be root. mtools gives a file
// its name and its clusters; its bytes are written into these by ourselves, and wiped before the clusters are freed.

import { type ExecFileException, execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, type RingTmpError } from '../../errors.js';
import { overwriteClusters } from './fat-clusters.js';
import type { Folder } from './folder.js';
import { fullError } from './storage-error.js';

/** @param offset where the file system begins, in bytes */
export function imageFolder(path: string, offset: number): Folder {
  const mtool = (tool: string, ...args: string[]) => run(path, tool, ['-i', `${path}@@${offset}`, ...args]);
  const list = async () => namesIn(await mtool('mdir', '-b', '::/'));
  const has = async (name: string) => (await list()).some((each) => each.toLowerCase() === name.toLowerCase());
  const overwrite = async (name: string, old: Buffer, bytes: Uint8Array) => {
    if (old.length === 0) return;
    const listing = (await mtool('mshowfat', `::/${name}`)).toString();
    await overwriteClusters(path, { start: offset, listing }, old, bytes);
  };
  const remove = async (name: string) => {
    if (!(await has(name))) return;
    await overwrite(name, await mtool('mtype', `::/${name}`), Buffer.alloc(0));
    await mtool('mdel', `::/${name}`);
  };
  return {
    name: path,
    list,
    read: async (name) => ((await has(name)) ? mtool('mtype', `::/${name}`) : null),
    write: async (name, bytes) => {
      await remove(name);
      // No secret passes through a temporary file: mcopy is given as many random bytes to make room.
      const filler = randomBytes(bytes.length);
      await withTemporary(filler, (file) => mtool('mcopy', file, `::/${name}`));
      await overwrite(name, filler, bytes);
      await sync(path);
    },
    rename: async (from, to) => {
      await remove(to);
      await mtool('mren', `::/${from}`, `::/${to}`);
      await sync(path);
    },
    scrub: async (name) => {
      await remove(name);
      await sync(path);
    },
  };
}

function namesIn(listing: Buffer): string[] {
  return listing
    .toString()
    .split('\n')
    .flatMap((line) => /^::\/([^/]+)\/?$/.exec(line.trim())?.[1] ?? []);
}

async function withTemporary(bytes: Uint8Array, work: (path: string) => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ringtmp-')); // mode 0700
  try {
    await writeFile(join(folder, 'file'), bytes, { mode: 0o600 });
    await work(join(folder, 'file'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function run(path: string, tool: string, args: readonly string[]): Promise<Buffer> {
  // Its check of heads and sectors refuses images that every kernel reads.
  const options = {
    encoding: 'buffer',
    env: { ...process.env, MTOOLS_SKIP_CHECK: '1', MTOOLS_LOWER_CASE: '1' },
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(tool, args, options, (error, stdout, stderr) => {
      if (error) reject(faultOf(path, tool, error, stderr.toString().trim()));
      else resolve(stdout);
    });
    child.stdin?.end(); // it must not ask
  });
}

function faultOf(path: string, tool: string, cause: ExecFileException, words: string): RingTmpError {
  if (cause.code === 'ENOENT') {
    return new ConfigurationError(`${path} is an image, and mtools, which writes into images, is not installed`, {
      remedy: 'Install it (`sudo apt install mtools`), or mount the image and name the folder.',
      cause,
    });
  }
  if (/disk full|no space/i.test(words)) return fullError(path, cause);
  return new ConfigurationError(`${path}: ${tool} failed: ${words.split('\n').at(-1) || cause.message}`, {
    remedy: 'Look whether the image is sound (fsck.fat), and whether you may write to it.',
    cause,
  });
}
