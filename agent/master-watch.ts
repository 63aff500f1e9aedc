// A position is worth its memory only while the master that gave it is there. The run of a master that
// vanished is over: one that comes in its place has another `boot` and knows nothing of it.

import { followPresence } from '../transport/presence.js';
import type { Subscription, Transport } from '../transport/transport.js';

export interface MasterWatchOptions {
  readonly transport: Transport;
  /** The master's status. */
  readonly topic: string;
  /** How long a master may be away without its run being over. */
  readonly graceMs?: number | undefined;
  /** Told each time the master has been away for too long, or another has come. */
  readonly onGone: () => void;
}

const GRACE_MS = 30_000;

export interface MasterWatch extends Subscription {
  /** As far as is known. */
  isThere(): boolean;
}

export async function watchMaster(options: MasterWatchOptions): Promise<MasterWatch> {
  const { transport, topic, graceMs = GRACE_MS, onGone } = options;
  let known: number | null = null;
  let heard = false;
  let isOnline = false;
  let grace: NodeJS.Timeout | undefined;
  const endGrace = () => {
    clearTimeout(grace);
    grace = undefined;
  };
  const beginGrace = () => {
    grace ??= setTimeout(() => {
      grace = undefined;
      onGone();
    }, graceMs).unref();
  };
  const subscription = await followPresence(transport, topic, ({ state, boot }) => {
    heard = true;
    isOnline = state === 'online';
    if (state === 'offline') return beginGrace();
    endGrace();
    if (known !== null && known !== boot) onGone();
    known = boot;
  });
  // A broker that restarts forgets the status of a master that died with it: nothing is told of it then.
  transport.onConnection((connected) => {
    if (!connected) heard = isOnline = false;
    else if (!heard) beginGrace();
  });
  return {
    isThere: () => isOnline,
    close: async () => {
      endGrace();
      await subscription.close();
    },
  };
}
