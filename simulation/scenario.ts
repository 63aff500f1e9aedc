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

/** In steps. */
export interface Duration {
  /** Do not count: the pipe fills, and the windows find their size. */
  readonly warmUp: number;
  readonly measured: number;
}

/** A ring needs more, since its windows follow what it measures. */
export const RING_DURATION: Duration = { warmUp: 4, measured: 4 };
export const STAR_DURATION: Duration = { warmUp: 2, measured: 3 };
