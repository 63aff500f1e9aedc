// The fleet's broker: Aedes behind two doors, with this project's rules in its hooks. The only file
// that knows Aedes; whoever wants another broker starts that instead, and nothing else changes.

import { createRequire } from 'node:module';
import { Aedes } from 'aedes';
import { ConfigurationError } from '../errors.js';
import { MAX_FRAME_BYTES } from '../protocol/limits.js';
import { topicsOf } from '../protocol/topics.js';
import { Admission } from './admission.js';
import { authorizationOf } from './authorization.js';
import type { CredentialStore } from './credentials.js';
import { type Counts, hooksOf } from './hooks.js';
import { type Door, type DoorOptions, type Incoming, isLoopback, openTcp, openWebSocket } from './listeners.js';
import type { Logger } from './log.js';
import { Plans } from './plans.js';
import type { Role } from './roles.js';
import { Sessions } from './sessions.js';

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

const CONNECT_BYTES = 8 * 1024;
const SPECTATOR_BACKLOG_BYTES = 1024 * 1024;

export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const settings: Settings = { ...DEFAULTS, ...options };
  checkExposure(settings);
  const admission = admissionOf(settings);
  const sessions = new Sessions();
  const counts: Counts = { dropped: 0, refused: 0, missed: 0 };
  const aedes = await createAedes(settings, sessions, counts);
  const onConnection = (incoming: Incoming): void => {
    sessions.arrive(incoming);
    aedes.handle(incoming.stream);
  };
  const doors: Door[] = [];
  const close = async (): Promise<void> => {
    const closed = doors.map((door) => door.close());
    await new Promise<void>((resolve) => aedes.close(resolve));
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

async function createAedes(settings: Settings, sessions: Sessions, counts: Counts): Promise<Aedes> {
  cacheNoNumbers();
  const topics = topicsOf(settings.fleet);
  const plans = new Plans({ now: settings.now, graceMs: settings.graceMs });
  const aedes = await Aedes.createBroker({
    // A frozen client holds its deliveries until `drainTimeout`; a limit on deliveries would make all wait for it.
    concurrency: 0,
    connectTimeout: settings.connectTimeoutMs,
    drainTimeout: settings.drainTimeoutMs,
    heartbeatInterval: settings.heartbeatMs,
    ...hooksOf({
      policy: {
        credentials: settings.credentials,
        anonymousOnLoopback: settings.anonymousOnLoopback,
        isLoggedIn: (id) => sessions.isLoggedIn(id),
      },
      authorization: authorizationOf(topics, plans),
      plans,
      sessions,
      spectators: { backlogBytes: SPECTATOR_BACKLOG_BYTES, catchUpMs: settings.drainTimeoutMs },
      counts,
      log: settings.log,
    }),
  });
  report(aedes, settings.log);
  return aedes;
}

function report(aedes: Aedes, log: Logger): void {
  aedes.on('clientReady', (client) => log.info({ client: client.id }, 'client connected'));
  aedes.on('clientDisconnect', (client) => log.info({ client: client.id }, 'client disconnected'));
  aedes.on('clientError', (client, error) => log.warn({ client: client.id, reason: error.message }, 'client failed'));
  aedes.on('connectionError', (_client, error) => log.warn({ reason: error.message }, 'connection failed'));
  aedes.on('keepaliveTimeout', (client) => log.warn({ client: client.id }, 'client fell silent'));
  // Not in its types; without a listener it would end the process.
  (aedes as NodeJS.EventEmitter).on('error', (error: Error) => log.error({ reason: error.message }, 'broker failed'));
}

/** The cache of packet numbers in Aedes' own mqtt-packet costs more than it saves. */
function cacheNoNumbers(): void {
  const { writeToStream } = createRequire(import.meta.resolve('aedes'))('mqtt-packet');
  writeToStream.cacheNumbers = false;
}
