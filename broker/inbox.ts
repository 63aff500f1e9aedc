// An inbox takes frames straight from a position's neighbours: a broker as small as can be, in the process
// that holds the position. It hands each frame on as it arrives; nothing is kept, routed or sent out.

import type { Aedes } from 'aedes';
import { MAX_FRAME_BYTES } from '../protocol/limits.js';
import type { LinkAddress } from '../protocol/link-address.js';
import { Admission } from './admission.js';
import { type Guest, Guests, type Invitation } from './guests.js';
import { CONNECT_BYTES } from './limits.js';
import { type Door, type Incoming, openTcp } from './listeners.js';
import type { Logger } from './log.js';

export interface InboxOptions {
  /** Where to listen. */
  readonly host: string;
  /** Any free one unless told. */
  readonly port?: number | undefined;
  /** Where neighbours reach it, if elsewhere, as behind a router; port 0 stands for the one it listens on. */
  readonly announced?: LinkAddress | undefined;
  readonly log: Logger;
  /** How long a connection may be without a login. */
  readonly connectTimeoutMs?: number;
  /** How long those who came in may stay when their run is over; what they send then goes nowhere. */
  readonly graceMs?: number;
}

export interface Inbox {
  readonly address: LinkAddress;
  /** Lets a sender come in, and hands on its frames, until that is closed. */
  admit(invitation: Invitation, onFrame: Guest['onFrame']): Promise<{ close(): Promise<void> }>;
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

const DEFAULTS = { connectTimeoutMs: 3_000, graceMs: 5_000 };
/** The workers of a large star, those of the run before, and some strangers. */
const MAX_CONNECTIONS = 256;
const HEARTBEAT_MS = 60_000;

/** @throws ConnectionError when the port cannot be opened */
export async function openInbox(options: InboxOptions): Promise<Inbox> {
  const { host, port = 0, announced, log, connectTimeoutMs, graceMs } = { ...DEFAULTS, ...options };
  const guests = new Guests(graceMs, log);
  const server = serverOnDemand(guests, connectTimeoutMs, log);
  const admission = new Admission({
    maxConnections: MAX_CONNECTIONS,
    maxWaiting: MAX_CONNECTIONS / 2,
    connectTimeoutMs,
  });
  const limits = { connectBytes: CONNECT_BYTES, packetBytes: MAX_FRAME_BYTES };
  const onConnection = (incoming: Incoming) => server.handle(incoming);
  const door = await openTcp({ host, port, limits, admission, onConnection });
  return {
    address: { host: announced?.host ?? host, port: announced?.port || door.port },
    admit: async (invitation, onFrame) => {
      await server.start();
      return guests.admit(invitation, onFrame);
    },
    close: () => closeAll(door, server, admission, guests),
  };
}

interface OnDemand {
  start(): Promise<unknown>;
  handle(incoming: Incoming): void;
  close(): Promise<void>;
}

/** Loads Aedes for the first run with direct links, for an idle board should do without its memory. */
function serverOnDemand(guests: Guests, connectTimeoutMs: number, log: Logger): OnDemand {
  let starting: Promise<Aedes> | undefined;
  let aedes: Aedes | undefined;
  const start = async () => {
    const { createAedes } = await import('./aedes.js');
    const options = { connectTimeoutMs, drainTimeoutMs: connectTimeoutMs, heartbeatMs: HEARTBEAT_MS };
    aedes = await createAedes({ ...options, hooks: guests.hooks(), log });
    return aedes;
  };
  return {
    start: () => {
      starting ??= start();
      return starting;
    },
    handle: (incoming) => {
      if (!aedes || guests.isEmpty) return void incoming.stream.destroy();
      guests.arrive(incoming);
      aedes.handle(incoming.stream);
    },
    close: async () => {
      const started = await starting?.catch(() => undefined);
      if (started) await new Promise<void>((resolve) => started.close(resolve));
    },
  };
}

async function closeAll(door: Door, server: OnDemand, admission: Admission, guests: Guests): Promise<void> {
  const closed = door.close();
  guests.close();
  await server.close();
  admission.close();
  await closed;
}
