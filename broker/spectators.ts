// An operator or a viewer looks on. When its terminal is paused or its laptop sleeps, a run must not
// wait for it: what it cannot take in time it misses, while between boards a slow reader slows its
// writer down, as it should.

import type { Writable } from 'node:stream';
import { ConnectionError } from '../errors.js';

export interface SpectatorLimits {
  /** What may wait in memory for one spectator before it begins to miss messages. */
  readonly backlogBytes: number;
  /** How long it may then take to catch up before it is disconnected. */
  readonly catchUpMs: number;
}

export interface Spectator {
  /** Whether it has yet to catch up, and should be sent nothing. */
  isBehind(): boolean;
}

/** Makes writing to `stream` never ask the writer to wait; whoever writes asks `isBehind` first. */
export function spectate(stream: Writable, limits: SpectatorLimits): Spectator {
  let timer: NodeJS.Timeout | null = null;
  const write = stream.write.bind(stream) as (...parameters: unknown[]) => boolean;
  stream.write = (...parameters: unknown[]): boolean => {
    write(...parameters);
    return true;
  };
  const caughtUp = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
  };
  const fallBehind = (): void => {
    const late = new ConnectionError(`took nothing for ${limits.catchUpMs} ms`);
    timer = setTimeout(() => stream.destroy(late), limits.catchUpMs);
    stream.once('drain', caughtUp);
  };
  stream.once('close', caughtUp);
  return {
    isBehind() {
      if (!timer && !stream.destroyed && stream.writableLength > limits.backlogBytes) fallBehind();
      return timer !== null;
    },
  };
}
