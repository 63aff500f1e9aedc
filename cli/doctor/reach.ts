// Whether anything listens where the broker should be: a TCP connection, opened and closed.

import { once } from 'node:events';
import { connect } from 'node:net';
import { parseBrokerUrl, refusal } from '../../transport/broker-address.js';

const PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 };

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export function endpointOf(brokerUrl: string): Endpoint {
  const { protocol, hostname, port } = new URL(parseBrokerUrl(brokerUrl).url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (PORTS[protocol] ?? 0) : Number(port) };
}

/**
 * @returns how many milliseconds it took
 * @throws ConnectionError that says why not, or the signal's reason
 */
export async function reach(brokerUrl: string, signal: AbortSignal): Promise<number> {
  const startMs = performance.now();
  const socket = connect(endpointOf(brokerUrl));
  try {
    await once(socket, 'connect', { signal });
    return performance.now() - startMs;
  } catch (cause) {
    signal.throwIfAborted();
    throw refusal(parseBrokerUrl(brokerUrl).url, cause);
  } finally {
    socket.destroy();
  }
}
