// One core for each measured process, so that none moves and two never share one by chance. Where the
// machine has fewer cores than processes, or no taskset (util-linux), they run free, and a note says so.

import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export interface Pinning {
  /** For the report. */
  readonly note: string;
  /** The command, held to this core. */
  command(core: number, file: string, args: readonly string[]): Command;
  /** Holds all threads of a running process to this core, and those that they start. */
  hold(core: number, pid: number): void;
}

/** @param processes that compute at the same time */
export function pinningFor(processes: number): Pinning {
  const free = { command: (_core: number, file: string, args: readonly string[]) => ({ file, args }), hold: () => {} };
  const cores = availableParallelism();
  if (processes > cores) return { ...free, note: `${processes} processes on ${cores} cores, not pinned` };
  if (spawnSync('taskset', ['--version']).status !== 0) return { ...free, note: 'not pinned: there is no taskset' };
  return {
    note: processes === 1 ? 'pinned to one core' : `${processes} processes, each pinned to a core of its own`,
    command: (core, file, args) => ({ file: 'taskset', args: ['-c', String(core), file, ...args] }),
    hold: (core, pid) => void spawnSync('taskset', ['-acp', String(core), String(pid)]),
  };
}
