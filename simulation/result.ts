// What a simulation tells: times by step, and bytes, idle shares and joules by position. All of it is modelled.

import type { SimulatedClock } from './clock.js';
import type { Flow, SimulatedNetwork } from './network.js';
import type { Processor } from './processor.js';
import type { Machine } from './scenario.js';

/** Figures of one position, each for a step. */
export interface SimulatedPosition {
  readonly position: number;
  /** 1 - busy / wall of its compute thread. */
  readonly idleShare: number;
  readonly upBytes: number;
  readonly downBytes: number;
  readonly upFrames: number;
  readonly downFrames: number;
  /** Of the time in which frames occupied its link. */
  readonly upShare: number;
  readonly downShare: number;
  /** Idle watts all the time, and the difference to load watts while it computes. */
  readonly joules: number;
}

export interface BusiestLink {
  readonly position: number;
  readonly direction: 'up' | 'down';
  /** Of the time. */
  readonly share: number;
}

export interface Simulated {
  /** Of one step: the optimizer's, or as many samples. */
  readonly stepMs: number;
  readonly samplesPerSecond: number;
  /** By position; behind them a hub of its own, if there is one, as far as its link goes. */
  readonly positions: readonly SimulatedPosition[];
  /** Who sent how much to whom in a step. */
  readonly flows: readonly Flow[];
  /** Of all links' sending ends: what passes a hub counts twice. */
  readonly bytes: number;
  readonly frames: number;
  readonly joules: number;
  readonly busiest: BusiestLink;
}

/** The state of all positions at a moment. */
export interface Mark {
  readonly atMs: number;
  readonly busyMs: readonly number[];
  readonly samples: number;
}

export function markOf(clock: SimulatedClock, processors: readonly Processor[], samples: number): Mark {
  return { atMs: clock.nowMs, busyMs: processors.map(({ busyMs }) => busyMs), samples };
}

export interface Measurement {
  readonly from: Mark;
  readonly to: Mark;
  /** Of one step. */
  readonly batch: number;
  /** That all frames of the network belong to, those before and behind the two marks too. */
  readonly allSamples: number;
}

export function resultOf(
  { from, to, batch, allSamples }: Measurement,
  machines: readonly Machine[],
  network: SimulatedNetwork,
): Simulated {
  const wallMs = to.atMs - from.atMs;
  const stepMs = (wallMs * batch) / (to.samples - from.samples);
  const each = batch / allSamples;
  const positions = network.usage.map((usage, position) => {
    const busyShare = ((to.busyMs[position] ?? 0) - (from.busyMs[position] ?? 0)) / wallMs;
    const { idleW, loadW } = machines[position] ?? { idleW: 0, loadW: 0 };
    return {
      position,
      idleShare: clamp(1 - busyShare),
      upBytes: usage.upBytes * each,
      downBytes: usage.downBytes * each,
      upFrames: usage.upFrames * each,
      downFrames: usage.downFrames * each,
      upShare: clamp((usage.upMs * each) / stepMs),
      downShare: clamp((usage.downMs * each) / stepMs),
      joules: (stepMs / 1000) * (idleW + (loadW - idleW) * clamp(busyShare)),
    };
  });
  return {
    stepMs,
    samplesPerSecond: (1000 * batch) / stepMs,
    positions,
    flows: network.flows.map((flow) => ({ ...flow, bytes: flow.bytes * each, frames: flow.frames * each })),
    bytes: sum(positions, 'upBytes'),
    frames: sum(positions, 'upFrames'),
    joules: sum(positions, 'joules'),
    busiest: busiestOf(positions),
  };
}

function busiestOf(positions: readonly SimulatedPosition[]): BusiestLink {
  const ends = positions.flatMap(({ position, upShare, downShare }): BusiestLink[] => [
    { position, direction: 'up', share: upShare },
    { position, direction: 'down', share: downShare },
  ]);
  return ends.reduce((most, end) => (end.share > most.share ? end : most));
}

function sum(positions: readonly SimulatedPosition[], key: 'upBytes' | 'upFrames' | 'joules'): number {
  return positions.reduce((total, position) => total + position[key], 0);
}

/** Sums of many small numbers may miss a whole by a little. */
function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
