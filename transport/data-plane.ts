// A position's end of the data plane: frames in from its two channels, frames out to its neighbours, through
// the fleet's broker or straight. What does not belong is dropped and counted: it must never crash a node.

import { FrameError } from '../errors.js';
import { encodeChunks } from '../protocol/chunks.js';
import { decodeFrame, type Frame, type FrameKind } from '../protocol/frame.js';
import type { LinkChannel, LinkKind } from '../protocol/links.js';
import { anticlockwise, clockwise, type Topics } from '../protocol/topics.js';
import { EXACT_WIRE, type Wire, wireDtypeOf } from '../protocol/wire-dtypes.js';
import type { EmulatedLink } from './emulated-link.js';
import { frameOrder } from './frame-order.js';
import { LinkClock } from './link-clock.js';
import type { Outlet } from './outlet.js';
import { type OutgoingFrame, publishQueue } from './publish-queue.js';
import { type DirectLinks, openOutlets, openSources } from './ring-links.js';
import { TopicCounts } from './topic-counts.js';
import type { Transport } from './transport.js';

/** Where a node stands. */
export interface RingPlace {
  readonly run: string;
  readonly generation: number;
  readonly position: number;
  /** Boards in the ring, the master not counted. */
  readonly workers: number;
}

export const DROP_REASONS = [
  'malformed',
  'foreign',
  'stale',
  'misplaced',
  'shape',
  'dtype',
  'repeated',
  'unexpected',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

export interface DataPlaneCounters {
  bytesIn: number;
  bytesOut: number;
  /** Frames that could not be sent because the link was down. */
  unsent: number;
  readonly topics: TopicCounts;
  readonly dropped: Record<DropReason, number>;
  /** Which way frames go to each neighbour. */
  readonly links: { readonly clockwise: LinkKind; readonly anticlockwise: LinkKind };
}

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
  /** Null: all frames go through the transport. */
  readonly links: DirectLinks | null;
  /** Micro-batches of a step. */
  readonly microBatches: number;
  /** Of a board that is not there. */
  readonly link?: EmulatedLink | undefined;
  /** As what tensors travel in this run; as 32-bit floats unless told. */
  readonly wire?: Wire | undefined;
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
  // Activations come from where gradients go to, and the other way round: a link has two channels.
  const [ahead, behind] = [new LinkClock(), new LinkClock()];
  const queue = { place, link: options.link, onLost: whileOpen, counters };
  const enqueue = {
    forward: publishQueue({ ...queue, outlet: outlets.forward, clock: ahead }),
    backward: publishQueue({ ...queue, outlet: outlets.backward, clock: behind }),
  };
  const receive = receiver(options, counters, { forward: behind, backward: ahead });
  const closeOutlets = () => Promise.all([outlets.forward.close(), outlets.backward.close()]);
  const sources = await openSources(options, receive).catch(async (error) => {
    await closeOutlets();
    throw error;
  });
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
        const topic = topics.data(run, position, 'weights');
        await transport.publish(topic, chunk, { qos: 1 });
        counters.bytesOut += chunk.length;
        counters.topics.count(topic, 'out', chunk.length);
      }
    },
    close: async () => {
      isOpen = false;
      options.link?.close();
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
    topics: new TopicCounts(),
    dropped,
    get links() {
      return { clockwise: forward.kind, anticlockwise: backward.kind };
    },
  };
}

function receiver(
  options: DataPlaneOptions,
  counters: DataPlaneCounters,
  clocks: Readonly<Record<LinkChannel, LinkClock>>,
): (channel: LinkChannel, payload: Uint8Array) => void {
  const disorderOf = frameOrder(options.microBatches);
  return (channel, payload) => {
    counters.bytesIn += payload.length;
    counters.topics.count(
      options.topics.data(options.place.run, options.place.position, channel),
      'in',
      payload.length,
    );
    const frame = tryDecode(payload);
    const reason = frame === null ? 'malformed' : (misfit(frame, channel, options) ?? disorderOf(frame));
    if (frame === null || reason !== null) counters.dropped[reason ?? 'malformed']++;
    else {
      const accept = () => {
        measure(frame, clocks[channel]);
        options.onFrame(frame);
      };
      if (options.link) options.link.receive(payload.length, frame.timing ?? {}, accept);
      else accept();
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

function misfit(
  frame: Frame,
  channel: LinkChannel,
  { place, expectedShape, wire = EXACT_WIRE }: DataPlaneOptions,
): DropReason | null {
  if (frame.run !== place.run || frame.generation > place.generation) return 'foreign';
  if (frame.generation < place.generation) return 'stale';
  const isMisplaced = CHANNEL_OF[frame.kind] !== channel || (frame.kind === 'done' && place.position !== 0);
  if (isMisplaced) return 'misplaced';
  if (!sameShape(frame.tensor?.shape ?? null, expectedShape(frame.kind))) return 'shape';
  const dtype = frame.tensor && (frame.tensor.dtype ?? 'f32');
  return dtype === wireDtypeOf(frame.kind, wire) ? null : 'dtype';
}

function sameShape(actual: readonly number[] | null, expected: readonly number[] | null): boolean {
  if (actual === null || expected === null) return actual === expected;
  return actual.length === expected.length && actual.every((extent, axis) => extent === expected[axis]);
}
