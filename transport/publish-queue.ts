// What waits to be sent to one neighbour: in order, one frame after the other, without making the caller wait
// (design decision 6). A frame is written only when its turn comes, so that it can say when it left.

import { ConnectionError } from '../errors.js';
import { encodeFrame, type FrameTiming, type OutgoingFrame as FrameToSend } from '../protocol/frame.js';
import type { RingPlace } from './data-plane.js';
import type { EmulatedLink, Uplink } from './emulated-link.js';
import type { LinkClock } from './link-clock.js';
import type { Outlet } from './outlet.js';
import type { TopicCounts } from './topic-counts.js';

export type OutgoingFrame = Pick<FrameToSend, 'kind' | 'step' | 'micro' | 'tensor' | 'timing'>;

export interface PublishQueueOptions {
  readonly place: RingPlace;
  readonly outlet: Outlet;
  /** Of the link to that neighbour. */
  readonly clock: LinkClock;
  readonly counters: { bytesOut: number; unsent: number; readonly topics: TopicCounts };
  /** Of a board that is not there. */
  readonly link?: EmulatedLink | undefined;
  /** A frame could not be sent, or was on its way when the link broke. Told once. */
  onLost(cause: Error): void;
}

export function publishQueue(options: PublishQueueOptions): (topic: string, frame: OutgoingFrame) => void {
  const { place, outlet, clock, counters, link, onLost } = options;
  let tail = Promise.resolve();
  const uplink = link?.openUplink();
  let told = false;
  outlet.onBroken = (cause) => {
    told = true;
    onLost(lostFrame(outlet, cause));
  };
  const written = (frame: OutgoingFrame) => {
    return encodeFrame({ ...place, ...frame, timing: { ...frame.timing, ...stamp(clock, uplink) } });
  };
  const publish = async (topic: string, payload: Uint8Array, crossing?: Promise<void>) => {
    try {
      await crossing;
      await outlet.publish(topic, payload);
      counters.bytesOut += payload.length;
      counters.topics.count(topic, 'out', payload.length);
    } catch (cause) {
      if (counters.unsent++ === 0 && !told) onLost(lostFrame(outlet, cause));
    }
  };
  // An emulated link knows at once when the frame's turn comes.
  const publishEmulated = (topic: string, frame: OutgoingFrame, { take }: Uplink) => {
    const payload = written(frame);
    const crossing = take(payload.length);
    return () => publish(topic, payload, crossing);
  };
  return (topic, frame) => {
    const inTurn = uplink ? publishEmulated(topic, frame, uplink) : () => publish(topic, written(frame));
    tail = tail.then(inTurn);
  };
}

/** Of a frame that leaves now, or on an emulated link as soon as that is free. */
function stamp({ lagMs }: LinkClock, uplink: Uplink | undefined): FrameTiming {
  const sent = uplink?.startMs() ?? performance.now();
  return { sent, ...(lagMs !== null && { lag: lagMs }), ...uplink?.departure() };
}

function lostFrame({ name, kind }: Outlet, cause: unknown): ConnectionError {
  const whom = kind === 'hub' ? 'the broker' : 'that board';
  return new ConnectionError(`a frame was lost, because ${name} was`, {
    cause,
    remedy: `See to ${whom} and the network, then start the run again.`,
  });
}
