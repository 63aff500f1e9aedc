// A position's end of the data plane: frames in from its two channels, frames out to its neighbours, through
// the fleet's broker or straight. What does not belong is dropped and counted: it must never crash a node.

import { ConnectionError, FrameError } from '../errors.js';
import { encodeChunks } from '../protocol/chunks.js';
import { decodeFrame, encodeFrame, type Frame, type FrameKind } from '../protocol/frame.js';
import type { LinkChannel, LinkKind } from '../protocol/links.js';
import { anticlockwise, type Channel, clockwise, type Topics } from '../protocol/topics.js';
import { frameOrder } from './frame-order.js';
import type { Outlet } from './outlet.js';
import { type DirectLinks, openOutlets, openSources } from './ring-links.js';
import type { Transport } from './transport.js';

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
  /** Which way frames go to each neighbour. */
  readonly links: { readonly clockwise: LinkKind; readonly anticlockwise: LinkKind };
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
  /** Null: all frames go through the transport. */
  readonly links: DirectLinks | null;
  /** Micro-batches of a step. */
  readonly microBatches: number;
  /** The shape that a frame of this kind must have here; `null` for none. */
  expectedShape(kind: FrameKind): readonly number[] | null;
  onFrame(frame: Frame): void;
  /** A frame could not be sent, so its micro-batch will never come round. Told once. */
  onLost(cause: Error): void;
}

/** Which way a kind travels. Only position 0 receives `done`. */
const CHANNEL_OF: Readonly<Record<FrameKind, LinkChannel>> = {
  activation: 'forward',
  eval: 'forward',
  collect: 'forward',
  gradient: 'backward',
  done: 'backward',
};

export async function openDataPlane(options: DataPlaneOptions): Promise<DataPlane> {
  const { transport, topics, place, onLost } = options;
  const { run, position, workers } = place;
  const outlets = openOutlets(options);
  const counters = newCounters(outlets);
  let isOpen = true;
  const whileOpen = (cause: Error) => isOpen && onLost(cause); // what a close leaves behind is no loss
  const neighbour = { forward: clockwise(position, workers), backward: anticlockwise(position, workers) };
  const enqueue = {
    forward: publishQueue(outlets.forward, whileOpen, counters),
    backward: publishQueue(outlets.backward, whileOpen, counters),
  };
  const closeOutlets = () => Promise.all([outlets.forward.close(), outlets.backward.close()]);
  const sources = await openSources(options, receiver(options, counters)).catch(async (error) => {
    await closeOutlets();
    throw error;
  });
  return {
    counters,
    send: (frame) => {
      const channel = CHANNEL_OF[frame.kind];
      enqueue[channel](topics.data(run, neighbour[channel], channel), encodeFrame({ ...place, ...frame }));
    },
    sendWeights: async (step, file) => {
      for (const chunk of encodeChunks({ ...place, step }, file)) {
        await transport.publish(topics.data(run, position, 'weights'), chunk, { qos: 1 });
        counters.bytesOut += chunk.length;
      }
    },
    close: async () => {
      isOpen = false;
      await Promise.all([sources.close(), closeOutlets()]);
    },
  };
}

function newCounters({ forward, backward }: Record<LinkChannel, Outlet>): DataPlaneCounters {
  const dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>;
  return {
    bytesIn: 0,
    bytesOut: 0,
    unsent: 0,
    dropped,
    get links() {
      return { clockwise: forward.kind, anticlockwise: backward.kind };
    },
  };
}

/** Publishes in order, one after the other, without making the caller wait (design decision 6). */
function publishQueue(
  outlet: Outlet,
  onLost: (cause: Error) => void,
  counters: DataPlaneCounters,
): (topic: string, payload: Uint8Array) => void {
  let tail = Promise.resolve();
  const publish = async (topic: string, payload: Uint8Array) => {
    try {
      await outlet.publish(topic, payload);
      counters.bytesOut += payload.length;
    } catch (cause) {
      if (counters.unsent++ === 0) onLost(lostFrame(outlet, cause));
    }
  };
  return (topic, payload) => {
    tail = tail.then(() => publish(topic, payload));
  };
}

function lostFrame({ name, kind }: Outlet, cause: unknown): ConnectionError {
  const whom = kind === 'hub' ? 'the broker' : 'that board';
  return new ConnectionError(`a frame was lost, because ${name} was`, {
    cause,
    remedy: `See to ${whom} and the network, then start the run again.`,
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
