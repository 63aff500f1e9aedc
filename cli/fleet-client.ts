// An operator's connection to a fleet: it asks the master and follows a run.

import { FrameError } from '../errors.js';
import { agentTelemetrySchema } from '../protocol/agent-messages.js';
import { parseMessage, presenceSchema } from '../protocol/messages.js';
import { runEventSchema, runMetricsSchema, runStatusSchema } from '../protocol/run-messages.js';
import { type AgentVerb, type MasterVerb, parseTopic, type Topics, topicsOf } from '../protocol/topics.js';
import { request } from '../transport/request-client.js';
import type { MessageHandler, Subscription, Transport } from '../transport/transport.js';
import type { RunUpdate } from './run-update.js';

export interface FleetClient {
  readonly transport: Transport;
  readonly topics: Topics;
  /**
   * Resolves with the answer's data.
   * @throws RemoteError the master's own; TimeoutError when it does not answer; the signal's reason
   */
  request(verb: MasterVerb, body: object, timeoutMs: number, signal?: AbortSignal): Promise<unknown>;
  /** The same of a board. */
  requestBoard(id: string, verb: AgentVerb, timeoutMs: number): Promise<unknown>;
  /** Tells of everything that concerns a run, beginning with what is retained of it. */
  followRun(run: string, onUpdate: (update: RunUpdate) => void): Promise<Subscription>;
}

export function createFleetClient(transport: Transport, fleet: string): FleetClient {
  const topics = topicsOf(fleet);
  return {
    transport,
    topics,
    request(verb, body, timeoutMs, signal) {
      const [requestTopic, responseTopic] = [topics.masterRequest(verb), topics.masterResponse(verb)];
      return request(transport, {
        requestTopic,
        responseTopic,
        body,
        timeoutMs,
        whom: 'the master',
        ...(signal && { signal }),
      });
    },
    requestBoard(id, verb, timeoutMs) {
      const [requestTopic, responseTopic] = [topics.agentRequest(id, verb), topics.agentResponse(id, verb)];
      return request(transport, { requestTopic, responseTopic, body: {}, timeoutMs, whom: `board ${id}` });
    },
    followRun: (run, onUpdate) => followRun(transport, topics, run, onUpdate),
  };
}

async function followRun(
  transport: Transport,
  topics: Topics,
  run: string,
  onUpdate: (update: RunUpdate) => void,
): Promise<Subscription> {
  const listen = (topic: string, read: (payload: Uint8Array, topic: string) => RunUpdate): Promise<Subscription> => {
    return transport.subscribe(
      topic,
      tolerant((concrete, payload) => onUpdate(read(payload, concrete))),
      1,
    );
  };
  const subscriptions = await Promise.all([
    listen(topics.masterStatus(), (payload) => ({ type: 'master', status: parseMessage(presenceSchema, payload) })),
    listen(topics.runEvents(run), (payload) => ({ type: 'event', event: parseMessage(runEventSchema, payload) })),
    listen(topics.runMetrics(run), (payload) => ({
      type: 'metrics',
      metrics: parseMessage(runMetricsSchema, payload),
    })),
    listen(topics.agentTelemetry('+'), (payload, topic) => {
      return { type: 'telemetry', agent: agentOf(topic), telemetry: parseMessage(agentTelemetrySchema, payload) };
    }),
    listen(topics.runStatus(run), (payload) => ({ type: 'status', status: parseMessage(runStatusSchema, payload) })),
  ]);
  return {
    close: async () => {
      await Promise.all(subscriptions.map((subscription) => subscription.close()));
    },
  };
}

function agentOf(topic: string): string {
  const parsed = parseTopic(topic);
  return parsed?.kind === 'agent' ? parsed.agent : '';
}

/** What cannot be read is passed over: somebody else's mistake must not end the view. */
export function tolerant(handler: MessageHandler): MessageHandler {
  return (topic, payload) => {
    try {
      handler(topic, payload);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
    }
  };
}
