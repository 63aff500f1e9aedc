// A contender in a process of its own: it says what it is in a line of JSON, then answers each line with
// one. So PyTorch, tfjs and our own engines are all measured in the same way, in turn, on the same core.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { RunError } from '../../errors.js';
import { endsWithUs } from '../ends-with-us.js';
import type { Command } from '../pinning.js';

export interface LinePeer {
  readonly about: Readonly<Record<string, unknown>>;
  ask(request: object): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

export interface LinePeerOptions {
  readonly command: Command;
  readonly env?: NodeJS.ProcessEnv;
}

/** `null` where it ends before it has said what it is: what it needs is not installed. */
export async function startLinePeer({ command, env }: LinePeerOptions): Promise<LinePeer | null> {
  const { file, args } = command;
  const child = endsWithUs(
    spawn(file, [...args], { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'ignore'] }),
  );
  const ended = once(child, 'close').catch(() => undefined);
  const answers = answersOf(child, child.stdout);
  const about = await answers.next();
  if (about.done === true) return null;
  return {
    about: JSON.parse(about.value),
    ask: async (request) => {
      write(child.stdin, request);
      const answer = await answers.next();
      if (answer.done !== true) return JSON.parse(answer.value);
      throw new RunError(`the peer ended unexpectedly: ${[file, ...args].join(' ')}`, {
        remedy: 'Start it by hand to see what it says.',
      });
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

function write(stdin: Writable, request: object): void {
  stdin.write(`${JSON.stringify(request)}\n`);
}

/** Lines of standard output; ends when the process does or could not be started. */
function answersOf(child: ChildProcess, stdout: Readable): AsyncIterator<string> {
  const lines = createInterface({ input: stdout });
  child.once('error', () => lines.close());
  child.stdin?.on('error', () => lines.close());
  return lines[Symbol.asyncIterator]();
}
