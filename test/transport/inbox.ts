// What a test waits for: the next n messages, or the next news of a connection. No sleeping.

import type { QualityOfService, Subscription, Transport } from '../../transport/transport.js';

export interface Received {
  readonly topic: string;
  readonly payload: Buffer;
}

/** Values that arrive, to be taken in order. */
export function createMailbox<T>() {
  const values: T[] = [];
  let wake: () => void = () => undefined;
  return {
    put(value: T): void {
      values.push(value);
      wake();
    },
    async take(count: number): Promise<T[]> {
      while (values.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return values.splice(0, count);
    },
    waiting: () => values.length,
  };
}

export interface Inbox {
  readonly subscription: Subscription;
  take(count: number): Promise<Received[]>;
  /** The next messages as text. */
  texts(count: number): Promise<string[]>;
  waiting(): number;
}

export async function openInbox(transport: Transport, filter: string, qos: QualityOfService = 1): Promise<Inbox> {
  const mailbox = createMailbox<Received>();
  const handler = (topic: string, payload: Uint8Array) => mailbox.put({ topic, payload: Buffer.from(payload) });
  const subscription = await transport.subscribe(filter, handler, qos);
  return {
    subscription,
    take: mailbox.take,
    texts: async (count) => (await mailbox.take(count)).map(({ payload }) => payload.toString()),
    waiting: mailbox.waiting,
  };
}

export function connectionNews(transport: Transport) {
  const mailbox = createMailbox<boolean>();
  transport.onConnection((connected) => mailbox.put(connected));
  return mailbox;
}

/** The error that a promise rejects with; fails when it does not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error & { code?: string; remedy?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a rejection');
}
