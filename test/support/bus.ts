// What the members of a fleet connect to in a test: a hub in this process, or a real broker.

import { type Broker, startBroker } from '../../broker/broker.js';
import { createHub, type Hub } from '../../transport/in-process.js';
import { connectMqtt } from '../../transport/mqtt.js';
import type { Transport, Will } from '../../transport/transport.js';

export const FLEET = 'lab';
export const OPERATOR = 'operator';

export const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** What the members of a fleet connect to. */
export interface Bus {
  connect(clientId: string, will?: Will): Promise<Transport>;
  /** Cuts a client off without a goodbye, where the bus can. */
  readonly hub?: Hub;
  close(): Promise<void>;
}

export function hubBus(): Bus {
  const hub = createHub();
  return {
    hub,
    connect: (clientId, will) => hub.connect({ clientId, will }),
    close: async () => {},
  };
}

/** A real broker, which can be stopped and started again at the same port, and then remembers nothing. */
export async function brokerBus(): Promise<
  Bus & { readonly broker: Broker; restart(whileDown?: () => Promise<void>): Promise<void> }
> {
  const open = (port: number) => startBroker({ fleet: FLEET, port, log: silent, anonymousOnLoopback: 'operator' });
  let broker = await open(0);
  const transports: Transport[] = [];
  return {
    get broker() {
      return broker;
    },
    restart: async (whileDown = async () => {}) => {
      const { port } = broker;
      await broker.close();
      await whileDown();
      broker = await open(port);
    },
    connect: async (clientId, will) => {
      const login = clientId === OPERATOR ? {} : { username: clientId, password: 'none' };
      const transport = await connectMqtt({ url: `mqtt://127.0.0.1:${broker.port}`, clientId, will, ...login });
      transports.push(transport);
      return transport;
    },
    // One that a test left open would look for the broker for ever.
    close: async () => {
      await Promise.all(transports.map((transport) => transport.close()));
      await broker.close();
    },
  };
}
