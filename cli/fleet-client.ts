// An operator's connection to a fleet: it asks the master and follows a run. Responses are matched to
// requests by their id, since every operator hears every response.

import { FrameError, RemoteError, TimeoutError } from '../errors.js';
import {
  agentTelemetrySchema,
  masterStatusSchema,
  parseMessage,
  type Response,
  responseSchema,
  runEventSchema,
  runMetricsSchema,
  runStatusSchema,
} from '../protocol/messages.js';
import { type MasterVerb, parseTopic, type Topics, topicsOf } from '../protocol/topics.js';
import type { MessageHandler, Subscription, Transport } from '../transport/transport.js';
import type { RunUpdate } from './run-update.js';

export interface FleetClientOptions {
  readonly transport: Transport;
  readonly fleet: string;
  /** Makes the ids of requests: crypto.randomUUID. */
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface FleetClient {
  readonly transport: Transport;
  readonly topics: Topics;
  /**
   * Resolves with the answer's data.
   * @throws RemoteError the master's own; TimeoutError when it does not answer
   */
  request(verb: MasterVerb, payload: object, timeoutMs: number): Promise<unknown>;
  /** Tells of everything that concerns a run, beginning with what is retained of it. */
  followRun(run: string, onUpdate: (update: RunUpdate) => void): Promise<Subscription>;
  close(): Promise<void>;
}

export async function openFleetClient(options: FleetClientOptions): Promise<FleetClient> {
  const { transport } = options;
  const topics = topicsOf(options.fleet);
  const waiting = new Map<string, (response: Response) => void>();
  const receive = tolerant((_topic, payload) => {
    const response = parseMessage(responseSchema, payload);
    waiting.get(response.id)?.(response);
  });
  await transport.subscribe(topics.masterResponse('+'), receive, 1);
  return {
    transport,
    topics,
    async request(verb, payload, timeoutMs) {
      const id = options.newId();
      const answer = answerTo(id, verb, waiting, timeoutMs);
      const message = JSON.stringify({ ...payload, id, time: options.now() });
      transport.publish(topics.masterRequest(verb), message, { qos: 1 }).catch(answer.fail);
      return dataOf(await answer.promise);
    },
    followRun: (run, onUpdate) => followRun(transport, topics, run, onUpdate),
    close: () => transport.close(),
  };
}

function answerTo(id: string, verb: string, waiting: Map<string, (response: Response) => void>, timeoutMs: number) {
  let fail: (error: unknown) => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<Response>((resolve, reject) => {
    fail = reject;
    waiting.set(id, resolve);
    timer = setTimeout(() => reject(unanswered(verb, timeoutMs)), timeoutMs);
  }).finally(() => {
    clearTimeout(timer);
    waiting.delete(id);
  });
  return { promise, fail };
}

function unanswered(verb: string, timeoutMs: number): TimeoutError {
  return new TimeoutError(`the master does not answer: no response to "${verb}" in ${timeoutMs / 1000} s`, {
    remedy: 'Start it with `ringtmp master`, on the same broker and fleet; `ringtmp status` shows whether it is there.',
  });
}

function dataOf(response: Response): unknown {
  if (response.ok) return response.data;
  throw new RemoteError({ ...response.error, remedy: response.error.remedy });
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
    listen(topics.masterStatus(), (payload) => ({ type: 'master', status: parseMessage(masterStatusSchema, payload) })),
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
