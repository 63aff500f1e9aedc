// The boards' links to one switch (decision 18): full duplex, so many Mbit/s up and as many down. A frame occupies its
// sender's uplink and its receiver's downlink, both at once, for a switch forwards what comes in as it comes in; frames
// that meet at one of them queue; and each arrives half of both boards' latency later.

import type { SimulatedClock } from './clock.js';
import type { HubPlace, Machine } from './scenario.js';

export interface LinkUsage {
  upBytes: number;
  downBytes: number;
  upFrames: number;
  downFrames: number;
  /** How long frames occupied it. */
  upMs: number;
  downMs: number;
}

export interface Flow {
  readonly from: number;
  readonly to: number;
  bytes: number;
  frames: number;
}

interface Port extends LinkUsage {
  readonly msPerByte: number;
  readonly latencyMs: number;
  upFreeMs: number;
  downFreeMs: number;
}

const BITS = 8;

export class SimulatedNetwork {
  private readonly ports: readonly Port[];
  /** The hub's place among the ports; null where frames go straight. */
  private readonly hub: number | null;
  private readonly flowsByKey = new Map<number, Flow>();

  /** @param machines by position; a hub of its own has its link behind theirs */
  constructor(
    private readonly clock: SimulatedClock,
    machines: readonly Pick<Machine, 'linkMbps' | 'latencyMs'>[],
    hub: HubPlace,
  ) {
    const [master] = machines;
    const all = hub === 'apart' && master !== undefined ? [...machines, master] : machines;
    this.ports = all.map(newPort);
    this.hub = hub === 'none' ? null : hub === 'master' ? 0 : machines.length;
  }

  /** By position; the last is the hub's where it is a machine of its own. */
  get usage(): readonly LinkUsage[] {
    return this.ports;
  }

  /** Who sent how much to whom, whichever way it went. */
  get flows(): Flow[] {
    return [...this.flowsByKey.values()];
  }

  send(from: number, to: number, bytes: number, deliver: () => void): void {
    this.bookFlow(from, to, bytes);
    const { hub } = this;
    if (hub === null || hub === from || hub === to) this.hop(from, to, bytes, deliver);
    else this.hop(from, hub, bytes, () => this.hop(hub, to, bytes, deliver)); // a broker forwards whole messages
  }

  /** Of a frame that meets no other. */
  freeMs(from: number, to: number, bytes: number): number {
    const { hub } = this;
    if (hub === null || hub === from || hub === to) return this.freeHopMs(from, to, bytes);
    return this.freeHopMs(from, hub, bytes) + this.freeHopMs(hub, to, bytes);
  }

  private freeHopMs(from: number, to: number, bytes: number): number {
    const [sender, receiver] = [this.port(from), this.port(to)];
    return bytes * Math.max(sender.msPerByte, receiver.msPerByte) + latencyMs(sender, receiver);
  }

  private hop(from: number, to: number, bytes: number, deliver: () => void): void {
    const sender = this.port(from);
    const upMs = bytes * sender.msPerByte;
    const beginMs = Math.max(this.clock.nowMs, sender.upFreeMs);
    sender.upFreeMs = beginMs + upMs;
    sender.upBytes += bytes;
    sender.upFrames++;
    sender.upMs += upMs;
    this.clock.at(beginMs + sender.latencyMs / 2, () => this.arrive(upMs, this.port(to), bytes, deliver));
  }

  /** The frame's first bit is there: it is whole when the slower of the two links has carried it. */
  private arrive(upMs: number, receiver: Port, bytes: number, deliver: () => void): void {
    const downMs = bytes * receiver.msPerByte;
    const { nowMs } = this.clock;
    receiver.downFreeMs = Math.max(receiver.downFreeMs, nowMs) + downMs;
    receiver.downBytes += bytes;
    receiver.downFrames++;
    receiver.downMs += downMs;
    this.clock.at(Math.max(nowMs + upMs, receiver.downFreeMs) + receiver.latencyMs / 2, deliver);
  }

  private bookFlow(from: number, to: number, bytes: number): void {
    const key = from * this.ports.length + to;
    const flow = this.flowsByKey.get(key) ?? { from, to, bytes: 0, frames: 0 };
    flow.bytes += bytes;
    flow.frames++;
    this.flowsByKey.set(key, flow);
  }

  private port(index: number): Port {
    return this.ports[index] as Port;
  }
}

function newPort({ linkMbps, latencyMs }: Pick<Machine, 'linkMbps' | 'latencyMs'>): Port {
  const unused = { upBytes: 0, downBytes: 0, upFrames: 0, downFrames: 0, upMs: 0, downMs: 0 };
  return { ...unused, msPerByte: BITS / (linkMbps * 1000), latencyMs, upFreeMs: 0, downFreeMs: 0 };
}

function latencyMs(sender: Port, receiver: Port): number {
  return (sender.latencyMs + receiver.latencyMs) / 2;
}
