// Runs and machines of which the simulation can be reckoned by hand: one resource counts, all else is next to free.

import { countLayers } from '../../compute/model.js';
import type { Range } from '../../compute/partition.js';
import { sharesOf } from '../../master/star-plan.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import type { Machine, RingScenario, StarScenario } from '../../simulation/scenario.js';
import { specOf } from '../support/specs.js';

const FREE = 1e9;

/** All but computing is next to free: 1 GFLOP/s. */
export const COMPUTING: Machine = { gflops: 1, memoryGBps: FREE, linkMbps: FREE, latencyMs: 0, idleW: 2, loadW: 5 };
/** All but its link is next to free: 1000 bytes a millisecond. */
export const LINKED: Machine = { gflops: FREE, memoryGBps: FREE, linkMbps: 8, latencyMs: 0, idleW: 2, loadW: 5 };
/** As a small board, with nothing that is free. */
export const BOARD: Machine = { gflops: 8, memoryGBps: 2, linkMbps: 100, latencyMs: 0.3, idleW: 2, loadW: 5 };
export const IDEAL: Machine = { gflops: FREE, memoryGBps: FREE, linkMbps: FREE, latencyMs: 0, idleW: 0, loadW: 0 };

export const UNITS = 100;

/** `count` dense layers without bias, all of one size. */
export function evenRun(count: number, changes: object = {}): RunSpec {
  return specOf({
    name: 'even',
    data: { source: 'mnist' },
    model: { layers: Array.from({ length: count }, () => ({ type: 'dense', units: UNITS, useBias: false })) },
    loss: 'meanSquaredError',
    optimizer: { type: 'sgd', momentum: 0.9 },
    ...changes,
  });
}

/** Each board holds one layer, the master none. */
export function ringOf(spec: RunSpec, machines: readonly Machine[], changes: Partial<RingScenario> = {}): RingScenario {
  const boards = machines.length - 1;
  const layers = countLayers(spec.model.layers);
  const each = layers / boards;
  const ranges: Range[] = Array.from({ length: boards }, (_, index) => ({
    first: index * each,
    end: (index + 1) * each,
  }));
  const stages = [{ first: layers, end: layers }, ...ranges];
  const windows = machines.map(() => spec.training.microBatches);
  return { spec, inputShape: [UNITS], machines, hub: 'none', stages, windows, ...changes };
}

/** With the shares that a run would have. */
export function starOf(spec: RunSpec, machines: readonly Machine[], changes: Partial<StarScenario> = {}): StarScenario {
  const weights = machines.slice(1).map(({ gflops }) => (spec.star.consistency === 'bsp' ? gflops : 1));
  const shares = sharesOf(spec.training.batch, weights);
  return { spec, inputShape: [UNITS], machines, hub: 'none', shares, ...changes };
}

export function several<Item>(count: number, item: Item): Item[] {
  return Array.from({ length: count }, () => item);
}
