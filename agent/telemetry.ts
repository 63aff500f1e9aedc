// What a board tells of itself at a steady pace, and its light with it.

import { peakRssBytes, temperatureC } from '../hardware/board.js';
import type { LightPattern } from '../hardware/lights/status-light.js';
import type { AgentTelemetry } from '../protocol/agent-messages.js';
import type { Transport } from '../transport/transport.js';
import type { AssignedPosition } from './assigned-position.js';
import type { BoardLight } from './board-light.js';
import type { EnergyMeter, PresentPower } from './energy-meter.js';
import type { HeldPosition } from './held-position.js';

export interface TelemetryOptions {
  readonly transport: Transport;
  readonly topic: string;
  readonly everyMs: number;
  readonly position: AssignedPosition;
  readonly light: BoardLight;
  readonly meter?: EnergyMeter | undefined;
}

export function startTelemetry(options: TelemetryOptions): { close(): void } {
  const { transport, topic, everyMs, position, light, meter } = options;
  const cpuShare = cpuMeter();
  const tell = () => {
    const telemetry = collect(position.current, cpuShare(), meter?.present ?? null);
    light.show(position.failed ? 'error' : patternOf(telemetry));
    transport.publish(topic, JSON.stringify(telemetry), { qos: 0 }).catch(() => {}); // offline: the next one tells
  };
  light.show('idle');
  position.onGivingUp(tell); // a run may be shorter than the pace
  const timer = setInterval(tell, everyMs);
  return { close: () => clearInterval(timer) };
}

function collect(held: HeldPosition | null, cpuShare: number, power: PresentPower | null): AgentTelemetry {
  return {
    time: Date.now(),
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: peakRssBytes(),
    cpuShare,
    temperatureC: temperatureC(),
    power,
    run: held?.assignment.run ?? null,
    position: held?.assignment.position ?? null,
    node: held?.node.figures() ?? null,
  };
}

function patternOf({ node }: AgentTelemetry): LightPattern {
  const phase = node?.phase ?? 'idle';
  if (phase === 'serialise') return 'forward';
  return phase === 'update' ? 'backward' : phase;
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
