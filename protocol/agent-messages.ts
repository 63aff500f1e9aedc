// What an agent tells of its board: that it is there, what it is and can do, what it does now.

import { z } from 'zod';
import { boardProfileSchema } from './board-profile.js';
import { ENERGY_SOURCES } from './energy.js';
import { amount, name, time, whole } from './fields.js';
import { linkAddressSchema } from './links.js';
import { nodeFiguresSchema } from './node-figures.js';

/** An agent's birth: what the board is and can do. */
export const agentInfoSchema = z.object({
  agent: name,
  version: z.string(),
  board: z.string(),
  cores: whole,
  /** What a stage may take: the cap on the engine's memory. */
  memoryBytes: amount,
  /** The best engine that the board can run. */
  engine: z.string(),
  gflops: z.number().gt(0),
  /** What that engine is, and why it is none better: one line. */
  engineReason: z.string(),
  /** GFLOP/s of each engine that the board can run. */
  engines: z.record(z.string(), z.number().gt(0)),
  /** Why it cannot run the others. */
  lacks: z.record(z.string(), z.string()),
  sensor: z.string().nullable(),
  lights: z.string().nullable(),
  /** Where neighbours reach this board's inbox for direct links; null when it takes none. */
  links: linkAddressSchema.nullable().default(null),
  /** What an emulated board is held to, and by what all its times are multiplied; null for a real one. */
  profile: boardProfileSchema.nullable().default(null),
  dilation: z.number().gt(0).default(1),
});
export type AgentInfo = z.output<typeof agentInfoSchema>;

export const agentTelemetrySchema = z.object({
  time,
  rssBytes: amount,
  /** The most that the process ever took. */
  peakRssBytes: amount.optional(),
  /** Share of one core that the process used since the last telemetry. */
  cpuShare: amount,
  temperatureC: z.number().nullable(),
  /** Of the whole board, now; null where nothing measures or models it. Volts and amperes where they are measured. */
  power: z
    .object({
      source: z.enum(ENERGY_SOURCES),
      watts: amount,
      volts: z.number().nullable(),
      amps: z.number().nullable(),
      /** Since the chip was set up, by a chip that counts (INA228). */
      countedJoules: amount.nullable().optional(),
    })
    .nullable()
    .optional(),
  run: name.nullable(),
  position: whole.nullable(),
  /** Null while the board holds no position. */
  node: nodeFiguresSchema.nullable(),
});
export type AgentTelemetry = z.output<typeof agentTelemetrySchema>;
