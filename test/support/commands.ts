// Which commands this machine has, and what they answer.

import { execFile, execFileSync } from 'node:child_process';
import type { Requirement } from './requirements.js';

/** @param debian the package that has it */
export function commandOf(command: string, debian: string): Requirement {
  return { isThere: answers(command, ['--version']), remedy: `${command} (sudo apt install ${debian})` };
}

function answers(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, [...args], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface Answer {
  readonly code: number;
  readonly output: string;
}

/** What a command wrote to both its outputs, and how it ended; a bad end is no error. */
export function answerOf(command: string, args: readonly string[], env = process.env): Promise<Answer> {
  return new Promise((done) => {
    execFile(command, [...args], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code ?? 1) || 1 : 0, output: `${stdout}${stderr}` });
    });
  });
}
