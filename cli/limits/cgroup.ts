// Memory control groups of the kernel: all that their processes take together is limited, and what takes more is
// killed (cgroup-v1/memory.rst, cgroup-v2.rst, of the kernel's documentation). Whoever may not make one computes on.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface MemoryGroup {
  /** A command line that begins with these words runs inside the group, from its first byte on. */
  readonly launcher: readonly string[];
  usageBytes(): Promise<number>;
  /** How many of its processes the kernel killed because they took too much. */
  kills(): Promise<number>;
  /** Once its processes have ended. */
  remove(): Promise<void>;
}

interface Version {
  readonly name: 'cgroup v1' | 'cgroup v2';
  readonly limit: string;
  /** With what turns swapping off, given the limit. */
  readonly swap: string;
  readonly swapValue: (limitBytes: number) => string;
  readonly usage: string;
  /** Holds a line `oom_kill <number>`. */
  readonly events: string;
}

const V1: Version = {
  name: 'cgroup v1',
  limit: 'memory.limit_in_bytes',
  swap: 'memory.memsw.limit_in_bytes', // memory and swap together
  swapValue: String,
  usage: 'memory.usage_in_bytes',
  events: 'memory.oom_control',
};
const V2: Version = {
  name: 'cgroup v2',
  limit: 'memory.max',
  swap: 'memory.swap.max',
  swapValue: () => '0',
  usage: 'memory.current',
  events: 'memory.events',
};

/** Where groups may be made. */
export class MemoryGroups {
  #made = 0;

  private constructor(
    private readonly parent: string,
    private readonly version: Version,
  ) {}

  get name(): string {
    return this.version.name;
  }

  /**
   * Finds out by trying: a group is made in that of this process, or in one around it, and a process moved there.
   * @returns null where none is permitted
   */
  static async find(): Promise<MemoryGroups | null> {
    for (const { folder, version } of await ownGroups()) {
      const groups = new MemoryGroups(folder, version);
      if (!(await groups.#works())) continue;
      await removeLeftOvers(folder);
      return groups;
    }
    return null;
  }

  /** @param limitBytes null for a group that only counts */
  async make(limitBytes: number | null): Promise<MemoryGroup> {
    const folder = join(this.parent, `${PREFIX}${process.pid}-${++this.#made}`);
    await mkdir(folder);
    try {
      if (limitBytes !== null) await this.#limit(folder, limitBytes);
    } catch (error) {
      await rmdir(folder);
      throw error;
    }
    return groupIn(folder, this.version);
  }

  async #limit(folder: string, limitBytes: number): Promise<void> {
    const { limit, swap, swapValue } = this.version;
    await writeFile(join(folder, limit), String(limitBytes), { flag: 'r+' });
    try {
      await writeFile(join(folder, swap), swapValue(limitBytes), { flag: 'r+' });
    } catch (error) {
      if (await hasSwap()) throw error; // a limit that one may get round by swapping is none
    }
  }

  async #works(): Promise<boolean> {
    try {
      const group = await this.make(TRIAL_BYTES);
      const launched = promisify(execFile)('env', [...group.launcher, 'true']);
      return await launched
        .then(
          () => true,
          () => false,
        )
        .finally(() => group.remove());
    } catch {
      return false;
    }
  }
}

const PREFIX = 'ringtmp-limits-';
const TRIAL_BYTES = 64 * 2 ** 20;
const REMOVE_MS = 5_000;
const REMOVE_EVERY_MS = 20;

function groupIn(folder: string, { usage, events }: Version): MemoryGroup {
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  return {
    launcher: ['sh', '-c', 'echo $$ > "$0" && exec "$@"', join(folder, 'cgroup.procs')],
    usageBytes: async () => Number(await read(usage)),
    kills: async () => Number(/^oom_kill (\d+)$/m.exec(await read(events))?.[1] ?? 0),
    async remove() {
      const until = performance.now() + REMOVE_MS;
      // A process that was killed stays in its group until its memory has been given back.
      while (!(await isRemoved(folder)) && performance.now() < until) await sleep(REMOVE_EVERY_MS);
    },
  };
}

/** Of processes that were killed before they could: an empty group costs little, but nobody else would remove it. */
async function removeLeftOvers(parent: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(PREFIX));
  const dead = names.filter((name) => !existsSync(`/proc/${name.slice(PREFIX.length).split('-')[0]}`));
  await Promise.all(dead.map((name) => isRemoved(join(parent, name))));
}

function isRemoved(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}

/** The group of this process and those around it, the closest first (proc(5), cgroups(7)). */
async function ownGroups(): Promise<{ folder: string; version: Version }[]> {
  const [groups, mounts] = await Promise.all(['/proc/self/cgroup', '/proc/self/mountinfo'].map(readIfThere));
  const own = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(groups as string)?.[1];
  const version = own === undefined ? V2 : V1;
  const path = own ?? /^0::(.*)$/m.exec(groups as string)?.[1];
  const mount = (mounts as string)
    .split('\n')
    .map(mountOf)
    .find((each) => each?.version === version);
  if (path === undefined || !mount) return [];
  const inside = relative(mount.root, path);
  return around(mount.point, inside.startsWith('..') ? '' : inside).map((folder) => ({ folder, version }));
}

/** A line of mountinfo(5): `31 23 0:28 <root> <mount point> <options> ... - <type> <source> <options>`. */
function mountOf(line: string): { readonly root: string; readonly point: string; readonly version: Version } | null {
  const [left = '', right = ''] = line.split(' - ');
  const [, , , root = '', point = ''] = left.split(' ');
  const [type, , options = ''] = right.split(' ');
  if (type === 'cgroup2') return { root, point, version: V2 };
  return type === 'cgroup' && options.split(',').includes('memory') ? { root, point, version: V1 } : null;
}

function around(mountPoint: string, inside: string): string[] {
  const folders = [join(mountPoint, inside)];
  for (let rest = inside; rest !== '' && rest !== '.'; ) {
    rest = dirname(rest);
    folders.push(join(mountPoint, rest));
  }
  return folders;
}

async function hasSwap(): Promise<boolean> {
  return (await readIfThere('/proc/swaps')).trim().split('\n').length > 1;
}

function readIfThere(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
