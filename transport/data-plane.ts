// A position's end of the data plane: frames in from its own channels, frames out to its peers', through
// the fleet's broker or straight. What does not belong is dropped and counted: it must never crash a node.

import { FrameError } from '../errors.js';
import { encodeChunks } from '../protocol/chunks.js';
import { decodeFrame, type Frame, type FrameKind } from '../protocol/frame.js';
import type { LinkChannel, LinkKind } from '../protocol/links.js';
import { type Route, routesTo, type Standing, type Topics } from '../protocol/topics.js';
import { EXACT_WIRE, type Wire, wireDtypeOf } from '../protocol/wire-dtypes.js';
import type { EmulatedLink } from './emulated-link.js';
import type { FrameOrder } from './frame-order.js';
import { LinkClock } from './link-clock.js';
import { type DirectLinks, openOutlets, openSources, type Receive } from './links.js';
import type { Outlet } from './outlet.js';
import { publishQueue, type QueuedFrame } from './publish-queue.js';
import { TopicCounts } from './topic-counts.js';
import type { Transport } from './transport.js';

/** Where a node stands, and in which run. */
export interface Place extends Standing {
  readonly run: string;
  readonly generation: number;
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
  /** Which way frames go on each channel; `direct` where all of them do. */
  readonly links: { readonly [Channel in LinkChannel]?: LinkKind };
}

export interface DataPlane {
  readonly counters: DataPlaneCounters;
  /** What a message to the first peer costs, in a ring the clockwise neighbour; null until frames went both ways. */
  readonly linkMs: number | null;
  /** Queues a frame for the peer that its kind goes to, where there are several for `to`; never blocks. */
  send(frame: QueuedFrame, to?: number): void;
  /** Publishes a file of this position's weights; resolves when all of it is acknowledged. */
  sendWeights(step: number, file: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface DataPlaneOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  readonly place: Place;
  /** Null: all frames go through the transport. */
  readonly links: DirectLinks | null;
  /** Which frame may come next. */
  readonly order: FrameOrder;
  /** Of a board that is not there. */
  readonly link?: EmulatedLink | undefined;
  /** As what tensors travel in this run; as 32-bit floats unless told. */
  readonly wire?: Wire | undefined;
  /** The shape that such a frame must have here; `null` for none. A sparse tensor lies within a vector. */
  expectedShape(kind: FrameKind, micro: number): readonly number[] | null;
  /** @param sender the position that it came from */
  onFrame(frame: Frame, sender: number): void;
  /** A frame could not be sent, so that what hangs on it will never come. Told once for each peer. */
  onLost(cause: Error, peer: number): void;
}

/** Which way a kind travels. Only position 0 receives `done`. */
const CHANNEL_OF: Readonly<Record<FrameKind, LinkChannel>> = {
  activation: 'forward',
  eval: 'forward',
  collect: 'forward',
  targets: 'forward',
  parameters: 'forward',
  gradient: 'backward',
  done: 'backward',
};

export async function openDataPlane(options: DataPlaneOptions): Promise<DataPlane> {
  const { transport, topics, place } = options;
  const { run, position } = place;
  const outlets = openOutlets(options);
  const counters = newCounters(outlets);
  const clocks = outlets.map(() => new LinkClock());
  let isOpen = true;
  const queues = outlets.map(({ route, outlet }, index) => ({
    ...route,
    enqueue: publishQueue({
      place,
      outlet,
      clock: clocks[index] as LinkClock,
      link: options.link,
      counters,
      onLost: (cause) => isOpen && options.onLost(cause, route.peer), // what a close leaves behind is no loss
    }),
  }));
  // A link has two channels: what comes on one tells of what goes to the same peer on the other.
  const clockOf = (channel: LinkChannel, peer: number) => {
    return clocks[outlets.findIndex(({ route }) => route.peer === peer && route.channel !== channel)];
  };
  const receive = receiver(options, counters, clockOf);
  const closeOutlets = () => Promise.all(outlets.map(({ outlet }) => outlet.close()));
  const sources = await openSources(options, receive).catch(async (error) => {
    await closeOutlets();
    throw error;
  });
  return {
    counters,
    get linkMs() {
      return clocks[0]?.costMs ?? null;
    },
    send: (frame, to) => {
      const channel = CHANNEL_OF[frame.kind];
      const queue = queues.find((each) => each.channel === channel && (to === undefined || each.peer === to));
      if (!queue) throw new RangeError(`no ${frame.kind} goes from position ${position} to ${to ?? 'anybody'}`);
      queue.enqueue(topics.data(run, queue.peer, channel), frame);
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

function newCounters(outlets: readonly { route: Route; outlet: Outlet }[]): DataPlaneCounters {
  const dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>;
  return {
    bytesIn: 0,
    bytesOut: 0,
    unsent: 0,
    topics: new TopicCounts(),
    dropped,
    get links() {
      const kinds: { [Channel in LinkChannel]?: LinkKind } = {};
      for (const { route, outlet } of outlets) {
        kinds[route.channel] = kinds[route.channel] === 'hub' ? 'hub' : outlet.kind;
      }
      return kinds;
    },
  };
}

function receiver(
  options: DataPlaneOptions,
  counters: DataPlaneCounters,
  clockOf: (channel: LinkChannel, peer: number) => LinkClock | undefined,
): Receive {
  const routes = routesTo(options.place);
  return (channel, payload, from) => {
    counters.bytesIn += payload.length;
    counters.topics.count(
      options.topics.data(options.place.run, options.place.position, channel),
      'in',
      payload.length,
    );
    const frame = tryDecode(payload);
    if (frame === null) {
      counters.dropped.malformed++;
      return;
    }
    const sender = senderOf(frame, channel, routes, from);
    const reason = sender === null ? 'foreign' : (misfit(frame, channel, options) ?? options.order(frame, sender));
    if (sender === null || reason !== null) counters.dropped[reason ?? 'foreign']++;
    else {
      const accept = () => {
        measure(frame, clockOf(channel, sender), options.link?.time.nowMs ?? performance.now());
        options.onFrame(frame, sender);
      };
      if (options.link) options.link.receive(payload.length, frame.timing ?? {}, accept);
      else accept();
    }
  };
}

/** Where one alone sends, frames need not say who. @returns null when it is nobody who may, or says another name */
function senderOf(frame: Frame, channel: LinkChannel, routes: readonly Route[], from?: number): number | null {
  const peers = routes.filter((route) => route.channel === channel).map(({ peer }) => peer);
  const said = frame.from ?? (peers.length === 1 ? peers[0] : undefined);
  if (said === undefined || !peers.includes(said)) return null;
  return from === undefined || from === said ? said : null;
}

/** The call for the weights is too rare and too small to tell of the link. */
function measure({ kind, timing }: Frame, clock: LinkClock | undefined, nowMs: number): void {
  if (kind === 'collect' || timing?.sent === undefined) return;
  clock?.take(nowMs, timing.sent, timing.lag);
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
  if (!fits(frame, expectedShape(frame.kind, frame.micro))) return 'shape';
  const dtype = frame.tensor && (frame.tensor.dtype ?? 'f32');
  return dtype === wireDtypeOf(frame.kind, wire) ? null : 'dtype';
}

function fits({ kind, tensor }: Frame, expected: readonly number[] | null): boolean {
  if (tensor === null || expected === null) return tensor === expected;
  const { shape, index } = tensor;
  if (index !== undefined) {
    return kind === 'gradient' && expected.length === 1 && (index.at(-1) ?? -1) < (expected[0] as number);
  }
  return shape.length === expected.length && shape.every((extent, axis) => extent === expected[axis]);
}
