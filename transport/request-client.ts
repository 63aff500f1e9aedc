// Commands over publish and subscribe, the asking end: each carries an id that its response echoes.

import { randomUUID } from 'node:crypto';
import { FrameError, RemoteError, TimeoutError } from '../errors.js';
import { parseMessage, type Response, responseSchema } from '../protocol/messages.js';
import type { Transport } from './transport.js';

export interface RequestOptions {
  readonly requestTopic: string;
  readonly responseTopic: string;
  /** The command's fields, without `id` and `time`. */
  readonly body: object;
  readonly timeoutMs: number;
  /** Who should answer, for the error: `the master`, `board pi-3`. */
  readonly whom: string;
  readonly signal?: AbortSignal;
  /** Milliseconds since the epoch; the computer's clock unless told. */
  readonly now?: () => number;
}

/** By how much the clock of who answered is ahead of this machine's, and how wrong that may be (RFC 5905, 8). */
export interface ClockOffset {
  readonly offsetMs: number;
  readonly withinMs: number;
}

interface Answer {
  readonly response: Response;
  readonly sentMs: number;
  readonly receivedMs: number;
}

/**
 * The time-out counts from now, so a transport that is offline is not waited for any longer than an answer.
 * @returns the response's `data`
 * @throws RemoteError when the other side refuses, TimeoutError when it does not answer, the signal's reason
 */
export async function request(transport: Transport, options: RequestOptions): Promise<unknown> {
  return dataOf((await ask(transport, options)).response);
}

/**
 * Asks as `request` does, and takes any answer: even a refusal tells the time.
 * @returns null when the other side, being of an earlier version, does not tell its time
 * @throws TimeoutError when it does not answer, the signal's reason
 */
export async function clockOffsetOf(transport: Transport, options: RequestOptions): Promise<ClockOffset | null> {
  const { response, sentMs, receivedMs } = await ask(transport, options);
  if (response.time === undefined) return null;
  return { offsetMs: response.time - (sentMs + receivedMs) / 2, withinMs: (receivedMs - sentMs) / 2 };
}

async function ask(transport: Transport, options: RequestOptions): Promise<Answer> {
  const { timeoutMs, whom, signal } = options;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(unanswered(whom, timeoutMs)), timeoutMs);
  const ended = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  try {
    return await unlessEnded(exchange(transport, options, ended), ended);
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(
  transport: Transport,
  { requestTopic, responseTopic, body, now = Date.now }: RequestOptions,
  ended: AbortSignal,
): Promise<Answer> {
  const id = randomUUID();
  let onAnswer: (answer: Omit<Answer, 'sentMs'>) => void = () => {};
  const answered = new Promise<Omit<Answer, 'sentMs'>>((resolve) => {
    onAnswer = resolve;
  });
  const onResponse = (_: string, payload: Uint8Array) => {
    const response = tryParse(payload);
    if (response?.id === id) onAnswer({ response, receivedMs: now() });
  };
  const subscription = await transport.subscribe(responseTopic, onResponse, 1);
  try {
    ended.throwIfAborted();
    const sentMs = now();
    await transport.publish(requestTopic, JSON.stringify({ id, time: sentMs, ...body }), { qos: 1 });
    return { sentMs, ...(await unlessEnded(answered, ended)) };
  } finally {
    await subscription.close();
  }
}

/** Rejects with the signal's reason, if that comes first. */
export function unlessEnded<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    // A signal may outlive many promises.
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** The same; what is opened later is closed again. */
export async function openedUnlessEnded<Opened extends { close(): Promise<void> }>(
  opening: Promise<Opened>,
  signal: AbortSignal,
): Promise<Opened> {
  try {
    return await unlessEnded(opening, signal);
  } catch (error) {
    opening.then((late) => late.close()).catch(() => {}); // nobody waits for it any more
    throw error;
  }
}

function dataOf(response: Response): unknown {
  if (response.ok) return response.data;
  throw new RemoteError(response.error);
}

function unanswered(whom: string, timeoutMs: number): TimeoutError {
  return new TimeoutError(`${whom} did not answer within ${timeoutMs / 1000} s`, {
    remedy: `Check that ${whom} runs and is connected to the same broker and fleet: \`ringtmp status\`.`,
  });
}

function tryParse(payload: Uint8Array): Response | null {
  try {
    return parseMessage(responseSchema, payload);
  } catch (error) {
    if (error instanceof FrameError) return null; // someone else's
    throw error;
  }
}
