// What is simulated: a run, the machines that it is done on, and how their frames travel.

import type { Speed } from '../compute/cost.js';
import type { Range } from '../compute/partition.js';
import type { Shape } from '../compute/tensor.js';
import type { BoardProfile } from '../hardware/board-profile.js';
import type { RunSpec } from '../protocol/run-spec.js';

/** What of a board's profile tells how long things take and what they cost. */
export type Machine = Speed & Pick<BoardProfile, 'linkMbps' | 'latencyMs' | 'idleW' | 'loadW'>;

/** Where frames go through: nowhere (`links: direct`), the master's machine, or one of its own with a link like the master's. */
export const HUB_PLACES = ['none', 'master', 'apart'] as const;
export type HubPlace = (typeof HUB_PLACES)[number];

export interface Scenario {
  readonly spec: RunSpec;
  /** Of the data, per sample. */
  readonly inputShape: Shape;
  /** By position: the master first. */
  readonly machines: readonly Machine[];
  readonly hub: HubPlace;
  readonly duration?: Duration;
}

export interface RingScenario extends Scenario {
  /** Layers by position; none at a master that only holds the loss. */
  readonly stages: readonly Range[];
  /** Planned windows by position, until the ring is measured. */
  readonly windows: readonly number[];
}

export interface StarScenario extends Scenario {
  /** Samples of each worker in each of its steps, by position from 1. */
  readonly shares: readonly number[];
}

/** In steps. */
export interface Duration {
  /** Do not count: the pipe fills, and the windows find their size. */
  readonly warmUp: number;
  readonly measured: number;
}

/** A star finds its pace at once. */
export const STAR_DURATION: Duration = { warmUp: 2, measured: 3 };

/** A ring's windows follow what it measures, over some steps. */
const RING_STEPS = 8;
const FEWEST_RING_STEPS = 2;
/** Forwards and backwards that are simulated in some seconds. */
const MOST_ACTIONS = 4e6;

/** Fewer steps of a ring that has very many boards and micro-batches: in one alone there is much to measure by. */
export function ringDuration({ spec, machines }: Scenario): Duration {
  const actions = 2 * machines.length * spec.training.microBatches;
  const steps = Math.min(RING_STEPS, Math.max(FEWEST_RING_STEPS, Math.floor(MOST_ACTIONS / actions)));
  const measured = Math.floor(steps / 2);
  return { warmUp: steps - measured, measured };
}
