// Commands over publish and subscribe, the answering end. A repeated id is refused, so that a message
// that the bus delivers twice acts once; an old one too, where this machine's clock can be trusted.

import { CommandError, FrameError, type RingTmpError, reportOf } from '../errors.js';
import { parseMessage, type Request, requestSchema } from '../protocol/messages.js';
import type { Subscription, Transport } from './transport.js';

/** Returns what the response's `data` holds; what it throws becomes the response's `error`. */
export type RequestHandler = (request: Request) => Promise<unknown>;

export interface RequestServerOptions {
  readonly transport: Transport;
  /** Topics by verb; `+` as a verb is the subscription filter. */
  requestTopic(verb: string): string;
  responseTopic(verb: string): string;
  readonly handlers: Readonly<Record<string, RequestHandler>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether `now` can be trusted: boards without a battery wake up in the past. */
  readonly clockIsSet: () => boolean;
}

const REMEMBERED_IDS = 256;
const MAX_AGE_MS = 5 * 60_000;

export async function serveRequests(options: RequestServerOptions): Promise<Subscription> {
  const { transport, requestTopic, responseTopic, handlers, now } = options;
  const check = requestChecks(options);

  async function answer(verb: string, payload: Uint8Array): Promise<void> {
    let id = '';
    let response: object;
    try {
      const request = parseMessage(requestSchema, payload);
      id = request.id;
      check(request);
      response = { id, ok: true, data: (await handlerOf(handlers, verb)(request)) ?? null };
    } catch (error) {
      response = { id, ok: false, error: reportOf(asCommandError(error)) };
    }
    // The time lets the asker compare clocks.
    await transport.publish(responseTopic(verb), JSON.stringify({ ...response, time: now() }), { qos: 1 });
  }

  return transport.subscribe(
    requestTopic('+'),
    (topic, payload) => {
      answer(topic.slice(topic.lastIndexOf('/') + 1), payload).catch(() => {}); // offline: the asker's time-out tells
    },
    1,
  );
}

function handlerOf(handlers: RequestServerOptions['handlers'], verb: string): RequestHandler {
  const handler = Object.hasOwn(handlers, verb) ? handlers[verb] : undefined;
  if (handler) return handler;
  throw new CommandError(`there is no command ${JSON.stringify(verb)}`, {
    remedy: `Use one of ${Object.keys(handlers).join(', ')}.`,
  });
}

function requestChecks({ now, clockIsSet }: RequestServerOptions): (request: Request) => void {
  const seen = new Set<string>();
  return ({ id, time }) => {
    if (seen.has(id))
      throw new CommandError(`the command id ${id} was used before`, { remedy: 'Send a fresh id with each command.' });
    if (time !== undefined && clockIsSet() && now() - time > MAX_AGE_MS) {
      throw new CommandError(
        `the command is ${Math.round((now() - time) / 1000)} s old, at most ${MAX_AGE_MS / 1000} s are accepted`,
        {
          remedy: 'Send it again, and check the clocks of both machines.',
        },
      );
    }
    seen.add(id);
    if (seen.size > REMEMBERED_IDS) seen.delete(seen.values().next().value as string);
  };
}

function asCommandError(error: unknown): unknown {
  if (!(error instanceof FrameError)) return error;
  const remedy = 'Send a JSON object with an "id" of your choice and the fields that the command needs.';
  return new CommandError(`the command is malformed: ${(error as RingTmpError).message}`, { cause: error, remedy });
}
