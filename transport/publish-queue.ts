// What waits to be sent to one peer: in order, one frame after the other, without making the caller wait
// (design decision 6). A frame is written only when its turn comes, so that it can say when it left.

import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError, FrameError } from '../errors.js';
import { encodeFrame, type FrameTiming, type OutgoingFrame } from '../protocol/frame.js';
import type { Place } from './data-plane.js';
import type { LinkClock } from './link-clock.js';
import type { Outlet } from './outlet.js';

export type QueuedFrame = Pick<OutgoingFrame, 'kind' | 'step' | 'micro' | 'from' | 'loss' | 'tensor' | 'timing'>;

export interface PublishQueueOptions {
  readonly place: Place;
  readonly outlet: Outlet;
  /** Of the link to that neighbour. */
  readonly clock: LinkClock;
  readonly counters: { bytesOut: number; unsent: number };
  /** How long the emulated link takes for a frame, one after the other. */
  readonly emulatedLinkMs?: number | undefined;
  /** A frame could not be sent, or was on its way when the link broke. Told once. */
  onLost(cause: Error): void;
}

export function publishQueue(options: PublishQueueOptions): (topic: string, frame: QueuedFrame) => void {
  const { place, outlet, clock, counters, emulatedLinkMs = 0, onLost } = options;
  let tail = Promise.resolve();
  const crossed = emulatedLink(emulatedLinkMs);
  let told = false;
  outlet.onBroken = (cause) => {
    told = true;
    onLost(lostFrame(outlet, cause));
  };
  const publish = async (topic: string, frame: QueuedFrame) => {
    try {
      const { run, generation } = place;
      const payload = encodeFrame({ run, generation, ...frame, timing: { ...frame.timing, ...stamp(clock) } });
      await crossed();
      await outlet.publish(topic, payload);
      counters.bytesOut += payload.length;
    } catch (cause) {
      const fault = cause instanceof FrameError ? cause : lostFrame(outlet, cause);
      if (counters.unsent++ === 0 && !told) onLost(fault);
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

function lostFrame({ name, kind }: Outlet, cause: unknown): ConnectionError {
  const whom = kind === 'hub' ? 'the broker' : 'that board';
  return new ConnectionError(`a frame was lost, because ${name} was`, {
    cause,
    remedy: `See to ${whom} and the network, then start the run again.`,
  });
}
