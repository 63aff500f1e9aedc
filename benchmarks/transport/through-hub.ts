// A hop through a broker, on the project's own transport at both ends. Receiver and sender are what a
// broker of ours lets write to each other: a board and the master of a run whose plan names both.

import { MASTER_ID, topicsOf } from '../../protocol/topics.js';
import { connectMqtt } from '../../transport/mqtt.js';
import type { Transport } from '../../transport/transport.js';
import { type Duct, noListener, type Way } from './duct.js';

export const BENCH_FLEET = 'bench';
const RUN = 'hop';
const BOARD = 'board-1';
const topics = topicsOf(BENCH_FLEET);
const TO_BOARD = topics.data(RUN, 1, 'forward');
const TO_MASTER = topics.data(RUN, 0, 'forward');
const PLAN = {
  state: 'running',
  generation: 0,
  plan: [
    { position: 0, agent: MASTER_ID },
    { position: 1, agent: BOARD },
  ],
};

export function throughHub(name: string, hub: string): Way {
  return {
    name,
    hub,
    listen: async (hubUrl) => {
      const transport = await login(hubUrl, BOARD);
      return { duct: await ductOf(transport, TO_BOARD, TO_MASTER), address: '' };
    },
    connect: async (hubUrl) => {
      const transport = await login(hubUrl, MASTER_ID);
      await transport.publish(topics.runStatus(RUN), JSON.stringify(PLAN), { qos: 1, retain: true });
      return ductOf(transport, TO_MASTER, TO_BOARD);
    },
  };
}

function login(url: string, name: string): Promise<Transport> {
  return connectMqtt({ url, clientId: name, username: name, password: 'none' });
}

async function ductOf(transport: Transport, from: string, to: string): Promise<Duct> {
  const duct: Duct = {
    onMessage: noListener,
    send: (payload) => transport.publish(to, payload, { qos: 0 }),
    close: () => transport.close(),
  };
  await transport.subscribe(from, (_, payload) => duct.onMessage(payload), 0);
  return duct;
}
