// `ringtmp doctor` looks at what may hang in the kernel for good, such as a bus. A thread of Node's pool that waits there
// cannot be ended, and process.exit waits for it (uv_library_shutdown). So a child looks, and is not waited for for ever.

import { type ChildProcess, fork } from 'node:child_process';
import { FAILURE, INTERRUPTED } from '../report-failure.js';

export interface KeptProgram {
  readonly path: string;
  readonly args: readonly string[];
}

/** A message of the child: all is said. */
interface Done {
  readonly done: number;
}

/** For what a check that came too late has to put away; longer than `main.ts` waits before it exits. */
const TIDYING_MS = 4_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function isKept(): boolean {
  return process.send !== undefined;
}

/** The exit code with which the child has ended, or would have. */
export function keep({ path, args }: KeptProgram, tidyingMs = TIDYING_MS): Promise<number> {
  const child = fork(path, [...args], { stdio: 'inherit' });
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (code: number): void => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      clearTimeout(timer);
      abandon(child);
      resolve(code);
    };
    let code = FAILURE;
    const endSoon = (as: number): void => {
      code = as;
      timer ??= setTimeout(() => end(code), tidyingMs);
    };
    // Ctrl-C and a closed terminal reach the child by themselves.
    const onSignal = (signal: NodeJS.Signals): void => {
      if (signal === 'SIGTERM') child.kill(signal);
      endSoon(INTERRUPTED);
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
    child.on('message', ({ done }: Partial<Done>) => {
      if (done !== undefined) endSoon(done);
    });
    child.once('error', () => end(FAILURE));
    child.once('exit', (exitCode) => end(exitCode ?? code));
  });
}

/** Within the kernel it may outlive that for a while. */
function abandon(child: ChildProcess): void {
  child.kill('SIGKILL');
  if (child.connected) child.disconnect();
  child.unref();
}

/** Told by the child once all is said. */
export function allSaid(code: number): void {
  if (process.connected) process.send?.({ done: code } satisfies Done, () => process.connected && process.disconnect());
}

/** A child whose keeper has gone does not stay. */
export function endWithKeeper(): void {
  process.once('disconnect', () => process.exit());
}
