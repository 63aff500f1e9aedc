// The link of a board that is not there (decision 18): one link to a switch, full duplex, whatever the board talks to. A
// frame takes the sender's uplink and the receiver's downlink at once; frames that meet at one of them queue.
//
// Frames really travel ahead of their time. Each says when it begins to leave, by this computer's clock, which all its
// processes share, and the receiver holds it until it would have arrived. What happens then happens at that time, by the
// board's clock (board-clock.ts), even if the timer rang late.

import type { FrameTiming } from '../protocol/frame.js';
import { type AlarmClock, SYSTEM_CLOCK } from './alarm-clock.js';
import { BoardClock } from './board-clock.js';

/** The share of a frame's timing that emulated links write and read. */
export type Departure = Pick<FrameTiming, 'begin' | 'mbps'>;

export interface Uplink {
  /** When a frame that the board writes now begins to leave, by the clock of this process. */
  startMs(): number;
  /** What the receiver needs to know of a frame that leaves then. */
  departure(): Departure;
  /** The frame takes its place; resolves when it is time to hand it over, a little ahead. */
  take(bytes: number): Promise<void>;
}

export interface EmulatedLink {
  /** Of the board whose link this is. */
  readonly time: BoardClock;
  /** For one outlet. */
  openUplink(): Uplink;
  /** Calls `deliver` when the frame would be there. */
  receive(bytes: number, departure: Departure, deliver: () => void): void;
  /** What has not been delivered never is. */
  close(): void;
}

export interface LinkFigures {
  /** 10^6 bits a second, up and down each. */
  readonly linkMbps: number;
  readonly latencyMs: number;
  /** By what all times are multiplied. */
  readonly dilation: number;
}

/** Handed over so much ahead, so that the message is there in time. */
const AHEAD_MS = 10;

export function profileLink(figures: LinkFigures, clock: AlarmClock = SYSTEM_CLOCK): EmulatedLink {
  const { dilation } = figures;
  const mbps = figures.linkMbps / dilation;
  const halfLatencyMs = (figures.latencyMs * dilation) / 2;
  const time = new BoardClock(clock);
  const up = uplink(clock, time, { mbps, delayMs: halfLatencyMs, durationMs: (bytes) => transmissionMs(bytes, mbps) });
  const down = downlink(clock, time, { delayMs: halfLatencyMs, durationMs: (bytes) => transmissionMs(bytes, mbps) });
  return { time, openUplink: () => up, ...down };
}

/** Each outlet takes so long for a frame, whatever its size, and the receiver nothing. */
export function fixedLink(frameMs: number, clock: AlarmClock = SYSTEM_CLOCK): EmulatedLink {
  const time = new BoardClock(clock);
  const openUplink = () => uplink(clock, time, { delayMs: frameMs, durationMs: () => frameMs });
  return { time, openUplink, ...downlink(clock, time, { delayMs: 0, durationMs: () => 0 }) };
}

function transmissionMs(bytes: number, mbps: number): number {
  return (bytes * 8) / (mbps * 1000);
}

interface Direction {
  /** What the receiver reckons with; where there is none a frame is there at once. */
  readonly mbps?: number;
  /** During which the link carries no other. */
  durationMs(bytes: number): number;
  /** After which a frame is further on, while the link carries others. */
  readonly delayMs: number;
}

function uplink(clock: AlarmClock, time: BoardClock, { mbps, durationMs, delayMs }: Direction): Uplink {
  let freeAtMs = -Infinity;
  const startMs = () => Math.max(freeAtMs, time.nowMs);
  return {
    startMs,
    departure: () => ({ begin: clock.toHostMs(startMs()) + delayMs, ...(mbps !== undefined && { mbps }) }),
    take: async (bytes) => {
      const beginMs = startMs();
      freeAtMs = beginMs + durationMs(bytes);
      const aheadMs = beginMs - AHEAD_MS;
      if (aheadMs > clock.nowMs()) await new Promise<void>((resolve) => clock.at(aheadMs, resolve));
    },
  };
}

interface Arriving {
  /** When its first bit comes. */
  readonly beginMs: number;
  /** When the last one does, if nothing else is on the downlink. */
  readonly endMs: number;
  readonly durationMs: number;
  readonly deliver: () => void;
  isDelivered: boolean;
}

type Downlink = Pick<EmulatedLink, 'receive' | 'close'>;

function downlink(clock: AlarmClock, time: BoardClock, { durationMs, delayMs }: Direction): Downlink {
  /** In the order in which they come; one that is delivered stays while it holds up those before it. */
  const arriving: Arriving[] = [];
  let freeAtMs = -Infinity;
  let cancel: () => void = () => {};
  let closed = false;

  // Planned anew each time: a frame that came before others, but was told after them, takes its place among those that
  // have not been delivered.
  const next = () => {
    let [freeMs, first]: [number, { frame: Arriving; dueMs: number } | null] = [freeAtMs, null];
    for (const frame of arriving) {
      freeMs = Math.max(freeMs, frame.beginMs) + frame.durationMs;
      const dueMs = Math.max(frame.endMs, freeMs) + delayMs;
      if (!frame.isDelivered && dueMs < (first?.dueMs ?? Infinity)) first = { frame, dueMs };
    }
    return first;
  };
  const forgetDelivered = () => {
    for (let head = arriving[0]; head?.isDelivered; head = arriving[0]) {
      freeAtMs = Math.max(freeAtMs, head.beginMs) + head.durationMs;
      arriving.shift();
    }
  };
  const work = () => {
    let first = next();
    for (; !closed && first && clock.isTime(first.dueMs); first = next()) {
      first.frame.isDelivered = true;
      forgetDelivered();
      time.at(first.dueMs, first.frame.deliver);
    }
    cancel();
    if (!closed && first) cancel = clock.at(first.dueMs, work);
  };
  return {
    receive: (bytes, { begin, mbps }, deliver) => {
      const takesMs = durationMs(bytes);
      const sentMs = mbps === undefined ? 0 : transmissionMs(bytes, mbps);
      // A sender that is no emulated board does not say: then the frame has come over its link just now.
      const beginMs = begin === undefined ? clock.nowMs() - takesMs : clock.fromHostMs(begin);
      const frame = { beginMs, endMs: beginMs + sentMs, durationMs: takesMs, deliver, isDelivered: false };
      insert(arriving, frame, (each) => each.beginMs);
      work();
    },
    close: () => {
      closed = true;
      cancel();
    },
  };
}

/** Before all that are later: those at the same time stay in the order in which they came. */
function insert<Item>(sorted: Item[], item: Item, timeOf: (item: Item) => number): void {
  let place = sorted.length;
  while (place > 0 && timeOf(sorted[place - 1] as Item) > timeOf(item)) place--;
  sorted.splice(place, 0, item);
}
