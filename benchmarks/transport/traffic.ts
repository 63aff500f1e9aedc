// What the two ends do: the receiver answers each message with a receipt of a few bytes, over the same
// way back; the sender has at most a window of messages under way.

import { TimeoutError } from '../../errors.js';
import { median } from '../statistics.js';
import type { Duct } from './duct.js';

export interface Load {
  readonly bytes: number;
  /** Messages under way; with 1 each round trip is measured alone. */
  readonly window: number;
  readonly seconds: number;
}

export interface Traffic {
  readonly messages: number;
  readonly seconds: number;
  /** From the sending of a message to its receipt. */
  readonly medianRoundTripMs: number;
}

const RECEIPT = new Uint8Array(4);
/** Beyond the time of the load. */
const SILENCE_MS = 10_000;

export function acknowledge(duct: Duct): void {
  duct.onMessage = () => void duct.send(RECEIPT);
}

/** Sends for as long as told, then waits for the receipts that are still under way. */
export async function drive(duct: Duct, { bytes, window, seconds }: Load): Promise<Traffic> {
  const payload = new Uint8Array(bytes).fill(1);
  const sentAtMs: number[] = [];
  const roundTripsMs: number[] = [];
  let onReceipt = (): void => undefined;
  duct.onMessage = () => {
    roundTripsMs.push(performance.now() - (sentAtMs[roundTripsMs.length] as number));
    onReceipt();
  };
  const until = (isTrue: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      onReceipt = () => isTrue() && resolve();
      onReceipt();
    });
  const startMs = performance.now();
  const limit = silence(1000 * seconds + SILENCE_MS);
  const send = async (): Promise<void> => {
    while (performance.now() - startMs < 1000 * seconds) {
      if (sentAtMs.length - roundTripsMs.length >= window)
        await until(() => sentAtMs.length - roundTripsMs.length < window);
      sentAtMs.push(performance.now());
      await duct.send(payload);
    }
    await until(() => roundTripsMs.length === sentAtMs.length);
  };
  await Promise.race([send(), limit.expired]).finally(limit.end);
  const elapsed = (performance.now() - startMs) / 1000;
  return { messages: roundTripsMs.length, seconds: elapsed, medianRoundTripMs: median(roundTripsMs) };
}

function silence(timeoutMs: number): { readonly expired: Promise<never>; end(): void } {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    const error = new TimeoutError(`messages were lost on the way: no receipt for ${SILENCE_MS / 1000} s`, {
      remedy: 'Measure again while nothing else runs; report it when it happens again.',
    });
    timer = setTimeout(() => reject(error), timeoutMs);
  });
  expired.catch(() => undefined);
  return { expired, end: () => clearTimeout(timer) };
}
