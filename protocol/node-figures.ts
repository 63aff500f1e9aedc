// What a node accounts for, in telemetry, in a run's status and in its figures.json.

import { z } from 'zod';
import { energySchema, sumOfEnergies } from './energy.js';
import { amount, whole } from './fields.js';
import { LINK_KINDS } from './links.js';
import { PHASES } from './phases.js';

/** The same at every position, and since the run began. */
export const nodeFiguresSchema = z.object({
  phase: z.enum(PHASES),
  /** 1 - busy / wall. */
  idleShare: amount,
  seconds: z.object({ forward: amount, backward: amount, update: amount, serialise: amount.default(0) }),
  /** Since the position was taken. */
  wallSeconds: amount.optional(),
  /** Micro-batches in flight that it admits; of position 0: that it streams. */
  window: whole,
  /** Measured f + g of a micro-batch, and cost c of a message to the clockwise neighbour; null until known. */
  microBatchMs: amount.nullable(),
  linkMs: amount.nullable(),
  bytesIn: amount,
  bytesOut: amount,
  /** Frames that could not be sent because the link was down. */
  unsent: whole,
  /** Frames dropped because they were malformed, misplaced, stale or repeated. */
  dropped: z.record(z.string(), whole),
  /** What passed on each topic of the run's data plane, as `2/forward`. */
  topics: z
    .array(z.object({ topic: z.string(), direction: z.enum(['in', 'out']), bytes: amount, frames: whole }))
    .optional(),
  /** Updates that the weights had seen since those that a gradient was taken at, over all gradients applied here, and how many. */
  staleness: z.object({ mean: amount, max: whole, gradients: whole.optional() }).nullable().optional(),
  /** Since the run began, by what the board was doing; null where nothing measures or models it. */
  energy: energySchema.nullable().optional(),
  /**
   * Of an emulated board: its profile, by what all its times were stretched, and as a share of the time that passed by
   * how much the computer was ever behind the board's clock and how long the board waited for it, in all; and the share
   * of messages that were there by that clock when the board chose what to do, but not here, null of one that does not
   * tell.
   */
  emulated: z
    .object({ profile: z.string(), dilation: amount, drift: amount, overdue: amount.nullable().default(null) })
    .nullable()
    .optional(),
  /** Which way frames go on each channel that it sends on. */
  links: z.object({ forward: z.enum(LINK_KINDS).optional(), backward: z.enum(LINK_KINDS).optional() }).optional(),
});
export type NodeFigures = z.output<typeof nodeFiguresSchema>;

/** Of one node over two generations of a run, one after the other: what is counted adds up, what is measured is the later's. */
export function sumOfFigures(earlier: NodeFigures, later: NodeFigures): NodeFigures {
  const wallSeconds = (earlier.wallSeconds ?? 0) + (later.wallSeconds ?? 0);
  const phases = Object.keys(later.seconds) as (keyof NodeFigures['seconds'])[];
  const seconds = Object.fromEntries(phases.map((phase) => [phase, earlier.seconds[phase] + later.seconds[phase]]));
  const busySeconds = Object.values(seconds).reduce((sum, each) => sum + each, 0);
  return {
    ...later,
    seconds: seconds as NodeFigures['seconds'],
    wallSeconds,
    idleShare: wallSeconds > 0 ? Math.max(0, 1 - busySeconds / wallSeconds) : later.idleShare,
    bytesIn: earlier.bytesIn + later.bytesIn,
    bytesOut: earlier.bytesOut + later.bytesOut,
    unsent: earlier.unsent + later.unsent,
    dropped: sumsOf(earlier.dropped, later.dropped),
    topics: sumOfTopics([...(earlier.topics ?? []), ...(later.topics ?? [])]),
    energy: energyOver(earlier, later),
    staleness: stalenessOver(earlier.staleness, later.staleness),
  };
}

/** With what passed beside the node itself: files that its position took in, or gave away. */
export function withPassed(figures: NodeFigures, passed: NonNullable<NodeFigures['topics']>): NodeFigures {
  const bytesOf = (way: 'in' | 'out') => {
    return passed.reduce((sum, { direction, bytes }) => sum + (direction === way ? bytes : 0), 0);
  };
  return {
    ...figures,
    bytesIn: figures.bytesIn + bytesOf('in'),
    bytesOut: figures.bytesOut + bytesOf('out'),
    topics: sumOfTopics([...(figures.topics ?? []), ...passed]),
  };
}

function sumOfTopics(all: NonNullable<NodeFigures['topics']>): NonNullable<NodeFigures['topics']> {
  const sums = new Map<string, (typeof all)[number]>();
  for (const each of all) {
    const key = `${each.topic} ${each.direction}`;
    const { bytes = 0, frames = 0 } = sums.get(key) ?? {};
    sums.set(key, { ...each, bytes: bytes + each.bytes, frames: frames + each.frames });
  }
  return [...sums.values()];
}

/** Null unless all of the time is accounted for: a part must not pass for the whole. */
function energyOver(earlier: NodeFigures, later: NodeFigures): NodeFigures['energy'] {
  const told = [earlier, later].filter(({ energy, wallSeconds }) => energy || wallSeconds !== 0);
  const [one, other] = told.map(({ energy }) => energy ?? null);
  if (!one || other === undefined) return one ?? null;
  return other && sumOfEnergies(one, other);
}

/** The mean over all gradients; where one does not tell how many it had, both weigh the same. */
function stalenessOver(earlier: NodeFigures['staleness'], later: NodeFigures['staleness']): NodeFigures['staleness'] {
  if (!earlier || !later) return later ?? earlier ?? null;
  const max = Math.max(earlier.max, later.max);
  const [before, after] = [earlier.gradients, later.gradients];
  if (before === undefined || after === undefined) return { mean: (earlier.mean + later.mean) / 2, max };
  const gradients = before + after;
  return { mean: (earlier.mean * before + later.mean * after) / Math.max(1, gradients), max, gradients };
}

function sumsOf(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}

/** Above it the times of emulated boards are not said to be their own. */
export const MOST_DRIFT = 0.05;
/** Of a board's messages: one that chooses without more can settle in an order of work that is not its own, and keep its pace. */
export const MOST_OVERDUE = 0.01;
