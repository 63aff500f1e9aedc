// A position's end of the data plane: frames in from its two channels, frames out to its neighbours.
// What does not belong is dropped and counted: a bad frame must never crash a node.

import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError, FrameError } from '../errors.js';
import { encodeChunks } from '../protocol/chunks.js';
import { decodeFrame, encodeFrame, type Frame, type FrameKind, type FrameTiming } from '../protocol/frame.js';
import { anticlockwise, type Channel, clockwise, type Topics } from '../protocol/topics.js';
import { frameOrder } from './frame-order.js';
import { LinkClock } from './link-clock.js';
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

export type OutgoingFrame = Pick<Frame, 'kind' | 'step' | 'micro' | 'tensor' | 'timing'>;

export interface DataPlane {
  readonly counters: DataPlaneCounters;
  /** What a message to the clockwise neighbour costs; null until frames went both ways. */
  readonly linkMs: number | null;
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
  /** Emulated: how long the link to either neighbour takes for a frame, one after the other. */
  readonly emulatedLinkMs?: number | undefined;
  /** The shape that a frame of this kind must have here; `null` for none. */
  expectedShape(kind: FrameKind): readonly number[] | null;
  onFrame(frame: Frame): void;
  /** A frame could not be sent, so its micro-batch will never come round. Told once. */
  onLost(cause: Error): void;
}

type LinkChannel = Exclude<Channel, 'weights'>;

/** Which way a kind travels. Only position 0 receives `done`. */
const CHANNEL_OF: Readonly<Record<FrameKind, LinkChannel>> = {
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
  // Activations come from where gradients go to, and the other way round: a link has two channels.
  const [ahead, behind] = [new LinkClock(), new LinkClock()];
  const enqueue = {
    forward: publishQueue(options, counters, ahead),
    backward: publishQueue(options, counters, behind),
  };
  const receive = receiver(options, counters, { forward: behind, backward: ahead });
  const subscriptions = await Promise.all(
    (['forward', 'backward'] as const).map((channel) => {
      return transport.subscribe(topics.data(run, position, channel), (_, payload) => receive(channel, payload), 0);
    }),
  );
  return {
    counters,
    get linkMs() {
      return ahead.costMs;
    },
    send: (frame) => {
      const channel = CHANNEL_OF[frame.kind];
      enqueue[channel](topics.data(run, neighbour[channel], channel), frame);
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
  { transport, place, emulatedLinkMs = 0, onLost }: DataPlaneOptions,
  counters: DataPlaneCounters,
  clock: LinkClock,
): (topic: string, frame: OutgoingFrame) => void {
  let tail = Promise.resolve();
  const crossed = emulatedLink(emulatedLinkMs);
  const publish = async (topic: string, frame: OutgoingFrame) => {
    const payload = encodeFrame({ ...place, ...frame, timing: { ...frame.timing, ...stamp(clock) } });
    try {
      await crossed();
      await transport.publish(topic, payload, { qos: 0 });
      counters.bytesOut += payload.length;
    } catch (cause) {
      if (counters.unsent++ === 0) onLost(lostFrame(cause));
    }
  };
  return (topic, frame) => {
    tail = tail.then(() => publish(topic, frame));
  };
}

/** Of a frame that leaves now. */
function stamp({ lagMs }: LinkClock): FrameTiming {
  return { sent: performance.now(), ...(lagMs !== null && { lag: lagMs }) };
}

/** Resolves when a frame that leaves now would have crossed the link; the link is free again then. */
function emulatedLink(frameMs: number): () => Promise<void> | undefined {
  let freeAtMs = 0;
  return () => {
    if (frameMs === 0) return undefined;
    freeAtMs = Math.max(freeAtMs, performance.now()) + frameMs;
    return sleep(Math.ceil(freeAtMs - performance.now())); // timers round down
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
  clocks: Readonly<Record<LinkChannel, LinkClock>>,
): (channel: LinkChannel, payload: Uint8Array) => void {
  const disorderOf = frameOrder(options.microBatches);
  return (channel, payload) => {
    counters.bytesIn += payload.length;
    const frame = tryDecode(payload);
    const reason = frame === null ? 'malformed' : (misfit(frame, channel, options) ?? disorderOf(frame));
    if (frame === null || reason !== null) counters.dropped[reason ?? 'malformed']++;
    else {
      measure(frame, clocks[channel]);
      options.onFrame(frame);
    }
  };
}

/** The call for the weights is too rare and too small to tell of the link. */
function measure({ kind, timing }: Frame, clock: LinkClock): void {
  if (kind === 'collect' || timing?.sent === undefined) return;
  clock.take(performance.now(), timing.sent, timing.lag);
}

function tryDecode(payload: Uint8Array): Frame | null {
  try {
    return decodeFrame(payload);
  } catch (error) {
    if (error instanceof FrameError) return null;
    throw error;
  }
}

function misfit(frame: Frame, channel: LinkChannel, { place, expectedShape }: DataPlaneOptions): DropReason | null {
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
