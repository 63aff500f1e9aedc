// A line on standard error that says what is being measured: benchmarks take minutes.

import type { WriteStream } from 'node:tty';

export type Progress = (text: string) => void;

/** On a terminal one line that changes, elsewhere a line each. */
export function progressOn(stream: Pick<WriteStream, 'write' | 'isTTY'>): Progress & { end(): void } {
  const show = (text: string): void => void stream.write(stream.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  return Object.assign(show, { end: () => void (stream.isTTY && stream.write('\r\x1b[K')) });
}
