// The buses that the contract of a transport is held against: each a broker, and the misfortunes that may befall it.

import { createHub } from '../../../transport/in-process.js';
import { connectMqtt } from '../../../transport/mqtt.js';
import type { Transport, Will } from '../../../transport/transport.js';
import { startBareBroker } from '../../support/bare-broker.js';

export interface ConnectOptions {
  readonly will?: Will;
  readonly windowMessages?: number;
}

/** A bus, and the misfortunes that may befall it. */
export interface Bus {
  connect(clientId: string, options?: ConnectOptions): Promise<Transport>;
  /** The client loses its connection without taking leave, and then comes back. */
  sever(clientId: string): Promise<void>;
  /** The bus dies and forgets everything. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function mqttBus(): Promise<Bus> {
  const broker = await startBareBroker();
  return {
    connect: (clientId, options) => {
      return connectMqtt({ url: broker.url, clientId, reconnectMinMs: 2, reconnectMaxMs: 20, ...options });
    },
    sever: async (clientId) => broker.sever(clientId),
    stop: broker.stop,
    start: broker.start,
  };
}

export async function inProcessBus(): Promise<Bus> {
  const hub = createHub();
  return {
    connect: (clientId, options) => hub.connect({ clientId, ...options }),
    sever: async (clientId) => {
      hub.sever(clientId);
      await hub.restore(clientId);
    },
    stop: async () => hub.stop(),
    start: () => hub.start(),
  };
}

/** What a part of the contract is held against: a new bus in each test, on which all transports are closed after it. */
export interface Subject {
  bus(): Bus;
  connect(clientId: string, options?: ConnectOptions): Promise<Transport>;
}
