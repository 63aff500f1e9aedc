// What a board tells of itself at a steady pace, and its light with it.

import { temperatureC } from '../hardware/board.js';
import type { StatusLight } from '../hardware/status-light.js';
import type { AgentTelemetry } from '../protocol/messages.js';
import type { Transport } from '../transport/transport.js';
import type { AssignedPosition, HeldPosition } from './assigned-position.js';

export interface TelemetryOptions {
  readonly transport: Transport;
  readonly topic: string;
  readonly everyMs: number;
  readonly position: AssignedPosition;
  readonly light: StatusLight;
}

export function startTelemetry({ transport, topic, everyMs, position, light }: TelemetryOptions): { close(): void } {
  const cpuShare = cpuMeter();
  const tell = () => {
    const telemetry = collect(position.current, cpuShare());
    light.show(telemetry.phase === 'update' ? 'backward' : telemetry.phase);
    transport.publish(topic, JSON.stringify(telemetry), { qos: 0 }).catch(() => {}); // offline: the next one tells
  };
  light.show('idle');
  const timer = setInterval(tell, everyMs);
  return { close: () => clearInterval(timer) };
}

function collect(held: HeldPosition | null, cpuShare: number): AgentTelemetry {
  const counters = held?.ring.counters;
  return {
    time: Date.now(),
    rssBytes: process.memoryUsage.rss(),
    cpuShare,
    temperatureC: temperatureC(),
    run: held?.assignment.run ?? null,
    position: held?.assignment.position ?? null,
    phase: held?.ring.activity.phase ?? 'idle',
    idleShare: held && idleShare(held),
    seconds: held?.ring.activity.seconds ?? { forward: 0, backward: 0, update: 0 },
    bytesIn: counters?.bytesIn ?? 0,
    bytesOut: counters?.bytesOut ?? 0,
    dropped: counters?.dropped ?? {},
  };
}

/** 1 - busy / wall, since the position was taken. */
function idleShare({ ring, sinceMs }: HeldPosition): number {
  return Math.max(0, 1 - ring.activity.busySeconds / ((performance.now() - sinceMs) / 1000));
}

/** Share of one core that this process used since it was last asked. */
function cpuMeter(): () => number {
  let before = { cpu: process.cpuUsage(), atMs: performance.now() };
  return () => {
    const { user, system } = process.cpuUsage(before.cpu);
    const atMs = performance.now();
    const share = (user + system) / 1000 / (atMs - before.atMs);
    before = { cpu: process.cpuUsage(), atMs };
    return share;
  };
}
