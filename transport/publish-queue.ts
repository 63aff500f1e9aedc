// What waits to be sent to one peer: in order, one frame after the other, without making the caller wait
// (design decision 6). A frame is written only when its turn comes, so that it can say when it left.

import { ConnectionError, FrameError } from '../errors.js';
import { encodeFrame, type FrameTiming, type OutgoingFrame } from '../protocol/frame.js';
import type { Place } from './data-plane.js';
import type { EmulatedLink, Uplink } from './emulated-link.js';
import type { LinkClock } from './link-clock.js';
import type { Outlet } from './outlet.js';
import type { TopicCounts } from './topic-counts.js';

export type QueuedFrame = Pick<OutgoingFrame, 'kind' | 'step' | 'micro' | 'from' | 'loss' | 'tensor' | 'timing'>;

export interface PublishQueueOptions {
  readonly place: Place;
  readonly outlet: Outlet;
  /** Of the link to that neighbour. */
  readonly clock: LinkClock;
  readonly counters: { bytesOut: number; unsent: number; readonly topics: TopicCounts };
  /** Of a board that is not there. */
  readonly link?: EmulatedLink | undefined;
  /** A frame could not be sent, or was on its way when the link broke. Told once. */
  onLost(cause: Error): void;
}

export function publishQueue(options: PublishQueueOptions): (topic: string, frame: QueuedFrame) => void {
  const { place, outlet, clock, counters, link, onLost } = options;
  let tail = Promise.resolve();
  const uplink = link?.openUplink();
  let told = false;
  const tell = (fault: Error) => {
    if (told) return;
    told = true;
    onLost(fault);
  };
  outlet.onBroken = (cause) => tell(lostFrame(outlet, cause));
  const { run, generation } = place;
  const written = (frame: QueuedFrame) => {
    return encodeFrame({ run, generation, ...frame, timing: { ...frame.timing, ...stamp(clock, uplink) } });
  };
  const publish = async (topic: string, write: () => Uint8Array | Promise<Uint8Array>) => {
    try {
      const payload = await write();
      await outlet.publish(topic, payload);
      counters.bytesOut += payload.length;
      counters.topics.count(topic, 'out', payload.length);
    } catch (cause) {
      counters.unsent++;
      tell(cause instanceof FrameError ? cause : lostFrame(outlet, cause));
    }
  };
  // An emulated link knows at once when the frame's turn comes.
  const crossing = async (frame: QueuedFrame, { take }: Uplink): Promise<Uint8Array> => {
    const payload = written(frame);
    await take(payload.length);
    return payload;
  };
  return (topic, frame) => {
    const crossed = uplink && crossing(frame, uplink);
    crossed?.catch(() => {}); // told when its turn comes
    tail = tail.then(() => publish(topic, () => crossed ?? written(frame)));
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
