// A board that is a process of QEMU's, which takes scripts over its own standard input and output.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type BoardShell, openShell } from './board-shell.js';

export interface VirtualBoard extends BoardShell {
  /** At once, as by pulling the plug. */
  cutPower(): Promise<void>;
}

export interface QemuStart {
  readonly program: string;
  readonly args: readonly string[];
  /** Where what its kernel prints goes. */
  readonly consoleFile: string;
  readonly bootMs: number;
  /** Sees what comes from the board, besides the shell. */
  readonly onOutput?: (output: Readable) => void;
}

/** @throws Error with the end of the kernel's output when it does not boot */
export async function startQemu({ program, args, consoleFile, bootMs, onOutput }: QemuStart): Promise<VirtualBoard> {
  // Whatever happens to this process, the board does not outlive it.
  const qemu = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  qemu.stdin.on('error', () => {}); // the power was cut
  onOutput?.(qemu.stdout);
  const ended = once(qemu, 'exit');
  const gone = ended.then(async ([code]) => {
    throw new Error(`the virtual board ended (${code}):\n${await tail(consoleFile)}`);
  });
  gone.catch(() => {}); // whoever waits for the board handles it
  const shell = openShell(qemu.stdin, qemu.stdout, gone);
  const cutPower = async () => {
    qemu.kill('SIGKILL');
    await ended;
  };
  const timer = setTimeout(cutPower, bootMs);
  await shell.ready.finally(() => clearTimeout(timer));
  return { ...shell, cutPower };
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-20).join('\n');
}
