// The contract of a transport: one suite for both implementations.

import type { Transport } from '../../transport/transport.js';
import { type Bus, type ConnectOptions, inProcessBus, mqttBus } from './transport/buses.js';
import { connectionLossContract } from './transport/connection-loss.js';
import { deliveryContract } from './transport/delivery.js';
import { retainedContract } from './transport/retained.js';
import { windowAndCloseContract } from './transport/window-and-close.js';

const CONTRACTS = [deliveryContract, retainedContract, connectionLossContract, windowAndCloseContract];

for (const [name, createBus] of [
  ['in process', inProcessBus],
  ['over MQTT', mqttBus],
] as const) {
  describe(`transport ${name}`, () => {
    let bus: Bus;
    let opened: Transport[];

    beforeEach(async () => {
      bus = await createBus();
      opened = [];
    });

    afterEach(async () => {
      await Promise.all(opened.map((transport) => transport.close()));
      await bus.stop();
    });

    async function connect(clientId: string, options?: ConnectOptions): Promise<Transport> {
      const transport = await bus.connect(clientId, options);
      opened.push(transport);
      return transport;
    }

    for (const contract of CONTRACTS) contract({ bus: () => bus, connect });
  });
}
