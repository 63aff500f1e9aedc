// A master that only talks, on the in-process hub: for the tests of those who talk to it.

import { createFleetClient, type FleetClient } from '../../cli/fleet-client.js';
import type { RunStatus } from '../../protocol/run-messages.js';
import { type Topics, topicsOf } from '../../protocol/topics.js';
import { createHub, type Hub } from '../../transport/in-process.js';
import type { RequestHandler } from '../../transport/request-server.js';
import { serveRequests } from '../../transport/request-server.js';
import type { Transport } from '../../transport/transport.js';
import { STATUS } from './run-samples.js';

export interface Bench {
  readonly hub: Hub;
  readonly topics: Topics;
  readonly master: Transport;
  readonly client: FleetClient;
  serve(handlers: Record<string, RequestHandler>): Promise<void>;
  publishStatus(status: Partial<RunStatus>): Promise<void>;
  publish(topic: string, message: unknown, retain?: boolean): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const hub = createHub();
  const topics = topicsOf('lab');
  const master = await hub.connect({ clientId: 'master' });
  const publish = (topic: string, message: unknown, retain = false): Promise<void> => {
    return master.publish(topic, typeof message === 'string' ? message : JSON.stringify(message), { qos: 1, retain });
  };
  return {
    hub,
    topics,
    master,
    client: createFleetClient(await hub.connect({ clientId: 'operator' }), 'lab'),
    publish,
    publishStatus: (status) => publish(topics.runStatus(STATUS.run), { ...STATUS, ...status }, true),
    serve: async (handlers) => {
      await serveRequests({
        transport: master,
        requestTopic: (verb) => topics.masterRequest(verb),
        responseTopic: (verb) => topics.masterResponse(verb),
        handlers,
        now: Date.now,
        clockIsSet: () => true,
      });
    },
  };
}
