// What a closed terminal means to this process (SIGHUP). `nohup` has it ignored, but Node sets every signal to its default as
// it starts, so that whoever was started under nohup would die all the same: it has to be seen by what else nohup does.

import { closeSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { isatty } from 'node:tty';

export interface Origins {
  /** Whether there is a terminal that may close. */
  readonly hasTerminal: boolean;
  /** Whether input, output or errors are one: nohup leads all three elsewhere. */
  readonly usesTerminal: boolean;
  /** The program that the shell started, as bash tells it. */
  readonly launcher: string | undefined;
}

export function originsOfProcess(): Origins {
  return {
    hasTerminal: hasTerminal(),
    usesTerminal: [0, 1, 2].some((stream) => isatty(stream)),
    launcher: process.env._,
  };
}

/** Whether it goes on when its terminal closes. Without a terminal the signal was sent on purpose. */
export function outlivesTerminal({ hasTerminal, usesTerminal, launcher }: Origins): boolean {
  return (hasTerminal && !usesTerminal) || (launcher !== undefined && basename(launcher) === 'nohup');
}

/** It is whatever opens as this (tty(4)), and without one nothing does. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
