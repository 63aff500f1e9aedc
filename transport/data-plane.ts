// A position's end of the data plane: frames in from its two channels, frames out to its neighbours.
// What does not belong is dropped and counted: a bad frame must never crash a node.

import { ConnectionError, FrameError } from '../errors.js';
import { encodeChunks } from '../protocol/chunks.js';
import { decodeFrame, encodeFrame, type Frame, type FrameKind } from '../protocol/frame.js';
import { anticlockwise, type Channel, clockwise, type Topics } from '../protocol/topics.js';
import { frameOrder } from './frame-order.js';
import type { Subscription, Transport } from './transport.js';

/** Where a node stands. */
export interface RingPlace {
  readonly run: string;
  readonly generation: number;
  readonly position: number;
  /** Boards in the ring, the master not counted. */
  readonly workers: number;
}

export const DROP_REASONS = ['malformed', 'foreign', 'stale', 'misplaced', 'shape', 'repeated', 'unexpected'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

export interface DataPlaneCounters {
  bytesIn: number;
  bytesOut: number;
  /** Frames that could not be sent because the link was down. */
  unsent: number;
  readonly dropped: Record<DropReason, number>;
}

export type OutgoingFrame = Pick<Frame, 'kind' | 'step' | 'micro' | 'tensor'>;

export interface DataPlane {
  readonly counters: DataPlaneCounters;
  /** Queues a frame for the neighbour that its kind goes to; never blocks. */
  send(frame: OutgoingFrame): void;
  /** Publishes a file of this position's weights; resolves when all of it is acknowledged. */
  sendWeights(step: number, file: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface DataPlaneOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  readonly place: RingPlace;
  /** Micro-batches of a step. */
  readonly microBatches: number;
  /** The shape that a frame of this kind must have here; `null` for none. */
  expectedShape(kind: FrameKind): readonly number[] | null;
  onFrame(frame: Frame): void;
  /** A frame could not be sent, so its micro-batch will never come round. Told once. */
  onLost(cause: Error): void;
}

/** Which way a kind travels. Only position 0 receives `done`. */
const CHANNEL_OF: Readonly<Record<FrameKind, Channel>> = {
  activation: 'forward',
  eval: 'forward',
  collect: 'forward',
  gradient: 'backward',
  done: 'backward',
};

export async function openDataPlane(options: DataPlaneOptions): Promise<DataPlane> {
  const { transport, topics, place } = options;
  const { run, position, workers } = place;
  const counters = newCounters();
  const neighbour = { forward: clockwise(position, workers), backward: anticlockwise(position, workers) };
  const enqueue = { forward: publishQueue(options, counters), backward: publishQueue(options, counters) };
  const receive = receiver(options, counters);
  const subscriptions = await Promise.all(
    (['forward', 'backward'] as const).map((channel) => {
      return transport.subscribe(topics.data(run, position, channel), (_, payload) => receive(channel, payload), 0);
    }),
  );
  return {
    counters,
    send: (frame) => {
      const channel = CHANNEL_OF[frame.kind] as 'forward' | 'backward';
      enqueue[channel](topics.data(run, neighbour[channel], channel), encodeFrame({ ...place, ...frame }));
    },
    sendWeights: async (step, file) => {
      for (const chunk of encodeChunks({ ...place, step }, file)) {
        await transport.publish(topics.data(run, position, 'weights'), chunk, { qos: 1 });
        counters.bytesOut += chunk.length;
      }
    },
    close: async () => {
      await Promise.all(subscriptions.map((subscription: Subscription) => subscription.close()));
    },
  };
}

function newCounters(): DataPlaneCounters {
  const dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>;
  return { bytesIn: 0, bytesOut: 0, unsent: 0, dropped };
}

/** Publishes in order, one after the other, without making the caller wait (design decision 6). */
function publishQueue(
  { transport, onLost }: DataPlaneOptions,
  counters: DataPlaneCounters,
): (topic: string, payload: Uint8Array) => void {
  let tail = Promise.resolve();
  const publish = async (topic: string, payload: Uint8Array) => {
    try {
      await transport.publish(topic, payload, { qos: 0 });
      counters.bytesOut += payload.length;
    } catch (cause) {
      if (counters.unsent++ === 0) onLost(lostFrame(cause));
    }
  };
  return (topic, payload) => {
    tail = tail.then(() => publish(topic, payload));
  };
}

function lostFrame(cause: unknown): ConnectionError {
  return new ConnectionError('a frame was lost, because the connection to the broker was', {
    cause,
    remedy: 'See to the broker and the network, then start the run again.',
  });
}

function receiver(
  options: DataPlaneOptions,
  counters: DataPlaneCounters,
): (channel: Channel, payload: Uint8Array) => void {
  const disorderOf = frameOrder(options.microBatches);
  return (channel, payload) => {
    counters.bytesIn += payload.length;
    const frame = tryDecode(payload);
    const reason = frame === null ? 'malformed' : (misfit(frame, channel, options) ?? disorderOf(frame));
    if (reason !== null) counters.dropped[reason]++;
    else options.onFrame(frame as Frame);
  };
}

function tryDecode(payload: Uint8Array): Frame | null {
  try {
    return decodeFrame(payload);
  } catch (error) {
    if (error instanceof FrameError) return null;
    throw error;
  }
}

function misfit(frame: Frame, channel: Channel, { place, expectedShape }: DataPlaneOptions): DropReason | null {
  if (frame.run !== place.run || frame.generation > place.generation) return 'foreign';
  if (frame.generation < place.generation) return 'stale';
  const isMisplaced = CHANNEL_OF[frame.kind] !== channel || (frame.kind === 'done' && place.position !== 0);
  if (isMisplaced) return 'misplaced';
  return sameShape(frame.tensor?.shape ?? null, expectedShape(frame.kind)) ? null : 'shape';
}

function sameShape(actual: readonly number[] | null, expected: readonly number[] | null): boolean {
  if (actual === null || expected === null) return actual === expected;
  return actual.length === expected.length && actual.every((extent, axis) => extent === expected[axis]);
}
