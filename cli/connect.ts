// Opens the connection of a master or an agent (whose user name is its id) and of an operator.

import { randomBytes } from 'node:crypto';
import { parseBrokerUrl } from '../transport/broker-address.js';
import { connectMqtt } from '../transport/mqtt.js';
import type { Transport, Will } from '../transport/transport.js';
import type { TransportLog } from '../transport/transport-log.js';
import { type FleetOptions, readPassword } from './options.js';

/** How `agent` and `master` open their transport: with the last will that they bring. */
export function connectAs(
  id: string,
  options: FleetOptions,
  log: TransportLog,
  signal: AbortSignal,
): (will: Will) => Promise<Transport> {
  const password = readPassword(options);
  return (will) => connectMqtt({ url: options.broker, clientId: id, username: id, password, will, log, signal });
}

/**
 * Each command is a client of its own, so that one user may call several at a time. Without a user name the broker lets an
 * operator in from its own machine only.
 */
export async function connectOperator(options: FleetOptions, signal?: AbortSignal): Promise<Transport> {
  const username = options.user ?? parseBrokerUrl(options.broker).username;
  const clientId = `operator-${randomBytes(6).toString('hex')}`;
  const password = username === undefined ? undefined : readPassword(options);
  return connectMqtt({ url: options.broker, clientId, username, password, signal });
}
