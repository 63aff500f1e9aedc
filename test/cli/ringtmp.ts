// The real command as a process: its output, its exit code, and who it leaves behind.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = resolve(import.meta.dirname, '../../cli/main.js');
export const EXAMPLES = resolve(import.meta.dirname, '../../../examples');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** The first line from now on, of its output or its log, that matches. */
  line(pattern: RegExp): Promise<string>;
}

export function start(args: readonly string[], cwd = tmpdir(), env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env: { ...cleanEnv(), ...env } });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    output.stdout += data;
  });
  child.stderr.on('data', (data) => {
    output.stderr += data;
  });
  const outputs = [child.stdout, child.stderr].map((input) => createInterface({ input }));
  const outcome = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  return {
    process: child,
    outcome,
    line: (pattern) =>
      new Promise((found, reject) => {
        for (const lines of outputs) {
          lines.on('line', (line) => {
            if (pattern.test(line)) found(line);
          });
        }
        outcome.then(({ stdout, stderr }) => reject(new Error(`ended without ${pattern}:\n${stdout}\n${stderr}`)));
      }),
  };
}

export function ringtmp(args: readonly string[], cwd?: string, env?: NodeJS.ProcessEnv): Promise<Outcome> {
  return start(args, cwd, env).outcome;
}

function cleanEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(RINGTMP_|NODE_V8|FORCE_)/.test(name)));
}

interface Folder {
  readonly path: string;
  write(name: string, text: string): Promise<string>;
}

/** A folder for each test, or one for all of a suite, removed after it. Call within a `describe`. */
export function temporaryFolder(isShared = false): Folder {
  let path = '';
  const [begin, end] = isShared ? [before, after] : [beforeEach, afterEach];
  begin(async () => {
    path = await mkdtemp(join(tmpdir(), 'ringtmp-test-'));
  });
  end(() => rm(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    async write(name, text) {
      await writeFile(join(path, name), text);
      return join(path, name);
    },
  };
}

/** The processes that a process started, by what /proc tells of their parents. */
export async function childrenOf(pid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(pids.map(parentOf));
  return pids.filter((_, index) => parents[index] === pid).map(Number);
}

async function parentOf(pid: string): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
