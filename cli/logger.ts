// The log of the long-running commands: JSON lines on stderr, which journald and `up` collect.

import { type Logger, pino } from 'pino';

export type { Logger };

export function createLogger(name: string, level: string): Logger {
  return pino({ name, level, base: { name } }, pino.destination({ fd: 2, sync: true }));
}
