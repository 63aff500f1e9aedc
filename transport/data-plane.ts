// A position's end of the data plane: frames in from its own channels, frames out to its peers', through
// the fleet's broker or straight. What does not belong is dropped and counted: it must never crash a node.

import { encodeChunks, type TransferKey } from '../protocol/chunks.js';
import type { Frame, FrameKind } from '../protocol/frame.js';
import type { LinkChannel, LinkKind } from '../protocol/links.js';
import type { Route, Standing, Topics } from '../protocol/topics.js';
import type { Wire } from '../protocol/wire-dtypes.js';
import type { EmulatedLink } from './emulated-link.js';
import type { FrameOrder } from './frame-order.js';
import { LinkClock } from './link-clock.js';
import { type DirectLinks, openOutlets, openSources } from './links.js';
import type { Outlet } from './outlet.js';
import { publishQueue, type QueuedFrame } from './publish-queue.js';
import { CHANNEL_OF, receiver } from './reception.js';
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

/** What a file is, apart from where it comes from. */
export type FileKey = Omit<TransferKey, 'run' | 'generation' | 'from'>;

export interface DataPlane {
  readonly counters: DataPlaneCounters;
  /** What a message to the first peer costs, in a ring the clockwise neighbour; null until frames went both ways. */
  readonly linkMs: number | null;
  /** Queues a frame for the peer that its kind goes to, where there are several for `to`; never blocks. */
  send(frame: QueuedFrame, to?: number): void;
  /** Publishes a file to a position of the run, in chunks; resolves when all of it is acknowledged. */
  sendFile(to: number, key: FileKey, file: Uint8Array): Promise<void>;
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

export async function openDataPlane(options: DataPlaneOptions): Promise<DataPlane> {
  const { transport, topics, place } = options;
  const { run, generation, position } = place;
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
    sendFile: async (to, key, file) => {
      const topic = topics.data(run, to, 'weights');
      for (const chunk of encodeChunks({ run, generation, from: position, ...key }, file)) {
        if (!isOpen) return; // nobody of the next generation would take it
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
