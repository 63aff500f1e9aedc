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
}

/**
 * @returns the response's `data`
 * @throws RemoteError when the other side refuses, TimeoutError when it does not answer
 */
export async function request(transport: Transport, options: RequestOptions): Promise<unknown> {
  const { requestTopic, responseTopic, body, timeoutMs, whom, signal } = options;
  const id = randomUUID();
  let settle: { resolve(response: Response): void; reject(error: unknown): void } | undefined;
  const answered = new Promise<Response>((resolve, reject) => {
    settle = { resolve, reject };
  });
  answered.catch(() => {}); // it may fail before it is awaited
  const onResponse = (_: string, payload: Uint8Array) => {
    const response = tryParse(payload);
    if (response?.id === id) settle?.resolve(response);
  };
  const onAbort = () => settle?.reject(signal?.reason);
  const timer = setTimeout(() => settle?.reject(unanswered(whom, timeoutMs)), timeoutMs);
  signal?.addEventListener('abort', onAbort);
  const subscription = await transport.subscribe(responseTopic, onResponse, 1);
  try {
    await transport.publish(requestTopic, JSON.stringify({ id, time: Date.now(), ...body }), { qos: 1 });
    return dataOf(await answered);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    await subscription.close();
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
