// A machine that only notes what it is told to do; its files are those of a folder.

import type { Host, Ran } from '../../../cli/install/host.js';

export interface RecordingHost extends Host {
  /** Each a command line. */
  readonly ran: string[];
  readonly said: string[];
  /** What a command line that begins so answers; else it succeeds and says nothing. */
  answer(beginning: string, answer: Partial<Ran>): void;
}

export function recordingHost(root: string, isLive = true): RecordingHost {
  const ran: string[] = [];
  const said: string[] = [];
  const answers: [string, Partial<Ran>][] = [];
  return {
    root,
    isLive,
    ran,
    said,
    say: (line) => void said.push(line),
    answer: (beginning, answer) => void answers.unshift([beginning, answer]),
    run: async (command, args) => {
      const line = [command, ...args].join(' ');
      ran.push(line);
      const [, answer] = answers.find(([beginning]) => line.startsWith(beginning)) ?? [];
      return { ok: true, stdout: '', stderr: '', ...answer };
    },
  };
}
