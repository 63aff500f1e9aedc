// Aedes, the MQTT broker library, as this project sets it up: the only file that knows it. The fleet's
// broker and the inboxes for direct links differ in their hooks alone.

import { createRequire } from 'node:module';
import { Aedes, type AedesOptions } from 'aedes';
import type { Logger } from './log.js';

export type Hooks = Required<
  Pick<AedesOptions, 'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward'>
>;

export interface ServerOptions {
  readonly connectTimeoutMs: number;
  /** How long a client may take nothing of what is sent to it. */
  readonly drainTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly hooks: Hooks;
  readonly log: Logger;
}

export async function createAedes({ hooks, log, ...options }: ServerOptions): Promise<Aedes> {
  cacheNoNumbers();
  const aedes = await Aedes.createBroker({
    // A frozen client holds its deliveries until `drainTimeout`; a limit on deliveries would make all wait for it.
    concurrency: 0,
    connectTimeout: options.connectTimeoutMs,
    drainTimeout: options.drainTimeoutMs,
    heartbeatInterval: options.heartbeatMs,
    ...hooks,
  });
  report(aedes, log);
  return aedes;
}

/** Ends all connections. */
export function closeAedes(aedes: Aedes): Promise<void> {
  return new Promise((resolve) => aedes.close(resolve));
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
