// The machine on which services are installed: this one, or another one's files below a folder (`--root`), where
// nothing runs and so nothing is started or stopped.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigurationError } from '../../errors.js';

export interface Ran {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Host {
  /** Where its files are: `/`, or a folder. */
  readonly root: string;
  /** Whether it runs, with a systemd that can be told what to do. */
  readonly isLive: boolean;
  run(command: string, args: readonly string[]): Promise<Ran>;
  /** Tells the user what was done. */
  say(line: string): void;
}

export interface Surroundings {
  /** There while systemd runs (sd_booted(3)). */
  readonly booted: string;
  readonly uid: number | undefined;
}
const HERE: Surroundings = { booted: '/run/systemd/system', uid: process.getuid?.() };

/** @throws ConfigurationError when it cannot be done here, or not by this user */
export function openHost(root: string | undefined, say: (line: string) => void, { booted, uid } = HERE): Host {
  if (root !== undefined) return { root: existing(root), isLive: false, run, say };
  if (!existsSync(booted)) {
    throw new ConfigurationError('systemd does not run here, so there are no services to install or start', {
      remedy: 'Start `ringtmp agent`, `broker` or `master` by what there is instead, or name a tree with --root.',
    });
  }
  if (uid !== 0) {
    throw new ConfigurationError('only root may change the services of this machine', {
      remedy: 'Put sudo before the command.',
    });
  }
  return { root: '/', isLive: true, run, say };
}

function existing(root: string): string {
  if (existsSync(root)) return root;
  throw new ConfigurationError(`there is no folder ${root}`, { remedy: 'Name the root of a system with --root.' });
}

/** A path of the machine, as it is reached from here. */
export function on({ root }: Host, path: string): string {
  return join(root, path);
}

/** @throws ConfigurationError with what the command said */
export async function must(host: Host, command: string, args: readonly string[]): Promise<void> {
  const { ok, stderr } = await host.run(command, args);
  if (ok) return;
  throw new ConfigurationError(`${command} ${args.join(' ')} failed: ${stderr.trim() || 'it does not say why'}`);
}

/** As systemd's tools take it, for a tree that is not this machine's. */
export function rootArgument({ root, isLive }: Host): string[] {
  return isLive ? [] : [`--root=${root}`];
}

async function run(command: string, args: readonly string[]): Promise<Ran> {
  try {
    return { ok: true, ...(await promisify(execFile)(command, [...args])) };
  } catch (cause) {
    const { stdout = '', stderr = '', message } = cause as Error & Partial<Ran>;
    return { ok: false, stdout, stderr: stderr || message };
  }
}
