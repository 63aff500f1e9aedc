// An idle agent should leave a small board its memory. Loading the program and measuring the engine
// leave some 6 MB of garbage behind, and V8 may never collect it, since an idle agent allocates little.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Measured: collecting after 3 s gives nothing back to the system, after 8 s it does. */
const SETTLED_MS = 10_000;

/** Collects once what the start left. V8 hands out its collector only to contexts made under this flag. */
export function collectStartUpGarbage(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
    collect();
  }, SETTLED_MS).unref();
}

/**
 * For every process that moves frames. V8 counts the buffers that frames come in as external memory, and with its
 * small initial heap collects all of it several times a second (`ringtmp bench ring`; decision 16). It reads the
 * flag only when it starts, and Node refuses it in NODE_OPTIONS.
 */
export const V8_FLAGS: readonly string[] = ['--initial-old-space-size=64'];
