// What comes to a position: from whom, whether it fits, whether it is due. What does not belong is dropped and counted.

import { FrameError } from '../errors.js';
import { decodeFrame, type Frame, type FrameKind } from '../protocol/frame.js';
import type { LinkChannel } from '../protocol/links.js';
import { type Route, routesTo } from '../protocol/topics.js';
import { EXACT_WIRE, wireDtypeOf } from '../protocol/wire-dtypes.js';
import { nowBy } from './board-clock.js';
import type { DataPlaneCounters, DataPlaneOptions, DropReason } from './data-plane.js';
import type { LinkClock } from './link-clock.js';
import type { Receive } from './links.js';

/** Which way a kind travels. Only position 0 receives `done`. */
export const CHANNEL_OF: Readonly<Record<FrameKind, LinkChannel>> = {
  activation: 'forward',
  eval: 'forward',
  cut: 'forward',
  collect: 'forward',
  targets: 'forward',
  parameters: 'forward',
  gradient: 'backward',
  done: 'backward',
};

/** @param clockOf of the link that a channel and a peer make */
export function receiver(
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
        measure(frame, clockOf(channel, sender), nowBy(options.link?.time));
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

/** Calls for snapshots and weights are too rare and too small to tell of the link. */
function measure({ kind, timing }: Frame, clock: LinkClock | undefined, nowMs: number): void {
  if (kind === 'cut' || kind === 'collect' || timing?.sent === undefined) return;
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
