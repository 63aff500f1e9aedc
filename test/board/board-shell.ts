// Runs scripts on the virtual board, over a port that its kernel knows as /dev/virtio-ports/board.shell and QEMU as its own
// standard input and output. The other end is recipe/guest/usr/local/sbin/board-shell.

import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface BoardShell {
  /** Once the board has booted so far that it takes scripts. */
  readonly ready: Promise<void>;
  /**
   * Runs a bash script as root on the board, after those before it.
   * @returns what it printed
   * @throws Error with all output when it fails
   */
  run(script: string, timeoutSeconds?: number): Promise<string>;
  /** The same, where failing is an answer. */
  attempt(script: string, timeoutSeconds?: number): Promise<Attempt>;
}

export interface Attempt {
  readonly code: number;
  readonly output: string;
}

const USUAL_SECONDS = 300;

export function openShell(toBoard: Writable, fromBoard: Readable, gone: Promise<never>): BoardShell {
  const waiting = new Map<string, (attempt: Attempt) => void>();
  let sent = 0;
  const ready = new Promise<void>((resolve) => {
    createInterface(fromBoard).on('line', (line) => {
      const [number = '', code, output = ''] = line.split(' ');
      if (number === 'ready') resolve();
      waiting.get(number)?.({ code: Number(code), output: Buffer.from(output, 'base64').toString() });
      waiting.delete(number);
    });
  });
  const attempt = (script: string, timeoutSeconds = USUAL_SECONDS): Promise<Attempt> => {
    const number = String(++sent);
    const answer = new Promise<Attempt>((resolve) => waiting.set(number, resolve));
    toBoard.write(`${number} ${timeoutSeconds} ${Buffer.from(script).toString('base64')}\n`);
    return Promise.race([answer, gone]);
  };
  return {
    ready: Promise.race([ready, gone]),
    attempt,
    run: async (script, timeoutSeconds) => {
      const { code, output } = await attempt(script, timeoutSeconds);
      if (code === 0) return output;
      throw new Error(`on the board this ended with code ${code}:\n${script}\n${output}`);
    },
  };
}
