// Processes that would go on after an interrupt: they end when this one does.

import type { ChildProcess } from 'node:child_process';

export function endsWithUs<C extends ChildProcess>(child: C): C {
  const kill = (): void => void child.kill();
  process.once('exit', kill);
  child.once('close', () => process.off('exit', kill));
  return child;
}

/** An interrupt then ends as an exit does: with what `endsWithUs` is for. */
export function exitOnInterrupt(exitCode: number): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(exitCode));
}
