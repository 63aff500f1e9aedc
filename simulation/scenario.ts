// What is simulated: a run, the machines that it is done on, and how their frames travel.

import type { Speed } from '../compute/cost.js';
import type { Range } from '../compute/partition.js';
import type { Shape } from '../compute/tensor.js';
import type { BoardProfile } from '../hardware/board-profile.js';
import { PATIENCE } from '../node/held-window.js';
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

/** Forwards and backwards of a ring, pushes of a star, that are simulated in some seconds. */
const MOST_ACTIONS = 4e6;
const MOST_PUSHES = 4e5;

/** A star that waits for all finds its pace at once; where workers run on, they spread out over some clocks first. */
export function starDuration({ spec, machines }: Scenario): Duration {
  const workers = machines.length - 1;
  if (spec.star.consistency === 'bsp') return { warmUp: 2, measured: 3 };
  return atMost({ warmUp: 20 + 2 * workers, measured: 40 }, MOST_PUSHES / workers);
}

/** A ring's windows follow what it measures: too large ones shrink when so many measurements agree (node/held-window.ts). */
export function ringDuration({ spec, machines }: Scenario): Duration {
  const { microBatches } = spec.training;
  const warmUp = 8 + Math.ceil((2 * PATIENCE) / microBatches);
  return atMost({ warmUp, measured: 32 }, MOST_ACTIONS / (2 * machines.length * microBatches));
}

/** Shorter where very many boards take long: in one step alone of those there is much to measure by. */
function atMost({ warmUp, measured }: Duration, steps: number): Duration {
  const share = Math.min(1, steps / (warmUp + measured));
  return { warmUp: Math.max(1, Math.floor(share * warmUp)), measured: Math.max(1, Math.floor(share * measured)) };
}
