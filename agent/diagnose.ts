// What an agent finds out about itself, for `ringtmp board diagnose` and for people with an MQTT client.

import { freemem, loadavg, totalmem, uptime } from 'node:os';
import { boardModel, clockIsSet, temperatureC } from '../hardware/board.js';
import type { AgentContext } from './commands.js';

export function diagnose({ options, info, light, meter, position }: AgentContext): object {
  const { id, version, memoryBytes } = options;
  const held = position.current;
  return {
    agent: id,
    version,
    board: boardModel(),
    node: process.version,
    engine: info?.engine ?? null,
    engineReason: info?.engineReason ?? null,
    light: light.name,
    sensor: meter?.name ?? null,
    power: meter?.present ?? null,
    memory: {
      totalBytes: totalmem(),
      freeBytes: freemem(),
      stageBytes: memoryBytes,
      rssBytes: process.memoryUsage.rss(),
    },
    load: loadavg(),
    uptimeSeconds: { board: uptime(), agent: process.uptime() },
    temperatureC: temperatureC(),
    clockIsSet: clockIsSet(),
    holds: held && { run: held.assignment.run, position: held.assignment.position, figures: held.node.figures() },
  };
}
