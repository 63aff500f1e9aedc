// The fleet's broker: Aedes behind two doors, with this project's rules in its hooks. Whoever wants
// another broker starts that instead, and nothing else changes.

import type { Aedes } from 'aedes';
import { ConfigurationError } from '../errors.js';
import { MAX_FRAME_BYTES } from '../protocol/limits.js';
import { topicsOf } from '../protocol/topics.js';
import { Admission } from './admission.js';
import { closeAedes, createAedes } from './aedes.js';
import { authorizationOf } from './authorization.js';
import type { CredentialStore } from './credentials.js';
import { type Counts, hooksOf } from './hooks.js';
import { CONNECT_BYTES } from './limits.js';
import { type Door, type DoorOptions, type Incoming, isLoopback, openTcp } from './listeners.js';
import type { Logger } from './log.js';
import { Plans } from './plans.js';
import type { Role } from './roles.js';
import { Sessions } from './sessions.js';
import { openWebSocket } from './websocket.js';

export interface BrokerOptions {
  readonly fleet: string;
  readonly log: Logger;
  /** Where to listen; 127.0.0.1 unless told. Off loopback there must be credentials. */
  readonly host?: string;
  /** 1883 unless told; 0 takes any free one. */
  readonly port?: number;
  /** MQTT over WebSocket too, for browsers; none unless told. */
  readonly wsPort?: number | undefined;
  /** Without them any name from this machine is believed: for trying out. */
  readonly credentials?: CredentialStore | undefined;
  /** The role of a client of this machine that gives no user name; `null` refuses it. */
  readonly anonymousOnLoopback: Role | null;
  /** The largest MQTT packet of a client that is logged in. */
  readonly maxPacketBytes?: number;
  readonly maxConnections?: number;
  /** How long a connection may be without a login. */
  readonly connectTimeoutMs?: number;
  /** How long a client may take nothing of what is sent to it. */
  readonly drainTimeoutMs?: number;
  readonly heartbeatMs?: number;
  /** How long a generation's rights outlive it. */
  readonly graceMs?: number;
  /** Milliseconds on a clock that only goes forward. */
  readonly now?: () => number;
}

export interface Broker {
  readonly host: string;
  readonly port: number;
  readonly wsPort: number | null;
  /** Clients that are connected and logged in. */
  readonly clients: number;
  readonly counts: Readonly<Counts>;
  /** A run that is on, if any. */
  readonly run: string | null;
  /** Ends all connections and frees the ports. */
  close(): Promise<void>;
}

const DEFAULTS = {
  host: '127.0.0.1',
  port: 1883,
  maxPacketBytes: MAX_FRAME_BYTES,
  maxConnections: 1000,
  connectTimeoutMs: 10_000,
  drainTimeoutMs: 5_000,
  heartbeatMs: 60_000,
  graceMs: 30_000,
  now: () => performance.now(),
};
type Settings = BrokerOptions & typeof DEFAULTS;

const SPECTATOR_BACKLOG_BYTES = 1024 * 1024;

export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const settings: Settings = { ...DEFAULTS, ...options };
  checkExposure(settings);
  const admission = admissionOf(settings);
  const sessions = new Sessions();
  const counts: Counts = { dropped: 0, refused: 0, missed: 0 };
  const plans = new Plans({ now: settings.now, graceMs: settings.graceMs });
  const aedes = await createServer(settings, sessions, plans, counts);
  const onConnection = (incoming: Incoming): void => {
    sessions.arrive(incoming);
    aedes.handle(incoming.stream);
  };
  const doors: Door[] = [];
  const close = async (): Promise<void> => {
    const closed = doors.map((door) => door.close());
    await closeAedes(aedes);
    admission.close();
    await Promise.all(closed);
  };
  try {
    await openDoors(settings, admission, onConnection, doors);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    host: settings.host,
    port: doors[0]?.port as number,
    wsPort: doors[1]?.port ?? null,
    get clients() {
      return aedes.connectedClients;
    },
    counts,
    get run() {
      return plans.current;
    },
    close,
  };
}

function checkExposure({ host, credentials }: Settings): void {
  if (credentials || isLoopback(host)) return;
  throw new ConfigurationError(`A broker on ${host} can be reached from the network, so it needs credentials`, {
    remedy: 'Add each client with `ringtmp credentials add <name> --role <role>`, or listen on 127.0.0.1.',
  });
}

function admissionOf({ maxConnections, connectTimeoutMs }: Settings): Admission {
  return new Admission({ maxConnections, maxWaiting: Math.ceil(maxConnections / 2), connectTimeoutMs });
}

async function openDoors(
  settings: Settings,
  admission: Admission,
  onConnection: DoorOptions['onConnection'],
  doors: Door[],
): Promise<void> {
  const limits = { connectBytes: CONNECT_BYTES, packetBytes: settings.maxPacketBytes };
  const door = { host: settings.host, limits, admission, onConnection };
  doors.push(await openTcp({ ...door, port: settings.port }));
  if (settings.wsPort !== undefined) doors.push(await openWebSocket({ ...door, port: settings.wsPort }));
}

function createServer(settings: Settings, sessions: Sessions, plans: Plans, counts: Counts): Promise<Aedes> {
  const { connectTimeoutMs, drainTimeoutMs, heartbeatMs, log } = settings;
  const hooks = hooksOf({
    policy: {
      credentials: settings.credentials,
      anonymousOnLoopback: settings.anonymousOnLoopback,
      identityOf: (id) => sessions.identityOf(id),
      countOf: (user) => sessions.countOf(user),
    },
    authorization: authorizationOf(topicsOf(settings.fleet), plans),
    plans,
    sessions,
    spectators: { backlogBytes: SPECTATOR_BACKLOG_BYTES, catchUpMs: drainTimeoutMs },
    counts,
    log,
  });
  return createAedes({ connectTimeoutMs, drainTimeoutMs, heartbeatMs, hooks, log });
}
