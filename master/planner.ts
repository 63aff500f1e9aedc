// Which board holds which layers: the partition whose slowest stage or link is fastest, among those that
// fit into the boards' memory. A model that does not fit is refused, saying where and by how much.

import type { Layer } from '../compute/layer.js';
import { buildModel, countLayers } from '../compute/model.js';
import { partition, type Range, type StageCost } from '../compute/partition.js';
import type { Shape } from '../compute/tensor.js';
import { CapacityError } from '../errors.js';
import { type StageSpec, stageOf } from '../node/build.js';
import { roundTripMs, windowOf } from '../node/schedules/window.js';
import { measureStage } from '../node/worker.js';
import type { PlanEntry } from '../protocol/assignment.js';
import type { RunSpec } from '../protocol/run-spec.js';
import { MASTER_ID } from '../protocol/topics.js';
import { doesNotFit } from './does-not-fit.js';
import {
  capOf,
  type PlannedBoard,
  type StageBytes,
  type StageCosts,
  stageBytes,
  stageCosts,
  stageSpec,
} from './stage-costs.js';

export interface PlanRequest {
  readonly spec: RunSpec;
  /** Of the data, per sample. */
  readonly inputShape: Shape;
  /** In the order of the ring, from position 1. */
  readonly boards: readonly PlannedBoard[];
  /** The master, when it is to hold the last layers. */
  readonly master: PlannedBoard | null;
}

export interface Plan {
  /** By position; the master's entry comes first and may hold no layers. */
  readonly entries: readonly PlanEntry[];
  /** Micro-batches in flight, by position. */
  readonly windows: readonly number[];
  /** Star: samples of each worker's share of a step, by position from 1. */
  readonly shares?: readonly number[];
}

/** Of a prediction, which follows from a benchmark under no other load. */
const GENEROSITY = 10;

/** @throws CapacityError when the model or a frame does not fit, naming the layers, the board and the bytes */
export function planRing(request: PlanRequest): Plan {
  const { spec, inputShape, boards, master } = request;
  const layers = buildModel({ inputShape, layers: spec.model.layers, seed: spec.seed });
  const holders = master === null ? [...boards] : [...boards, master];
  if (holders.length > layers.length) {
    throw new CapacityError(
      `${holders.length} stages are asked for, but the model has only ${layers.length} layers to share out`,
      {
        remedy: `Ask for at most ${layers.length - (master ? 1 : 0)} boards (key boards), or add layers.`,
      },
    );
  }
  const bytes = stageBytes(request);
  // Only the master's stage holds the loss.
  const bytesAt: StageCost = (first, end, stage) => bytes(first, end, stage === boards.length);
  const ring = { layers, holders, spec, outputsLeave: master === null, bytes: bytesAt };
  const costs = stageCosts(ring);
  const found = partition(layers.length, holders.length, costs.timeMs, costs.leastMs);
  if (found === null) throw doesNotFit(ring);
  return toPlan(request, layers, found.ranges, bytes, costs);
}

/** As many as have something to do: a layer to hold, the master's own stage set aside; of a star, a sample. */
export function mostBoards({ mode, model, masterStage, training }: RunSpec): number {
  if (mode === 'star') return training.batch;
  return Math.max(1, countLayers(model.layers) - (masterStage ? 1 : 0));
}

/** Its boards, in the order of the positions. */
export function agentsIn(plan: readonly PlanEntry[]): string[] {
  return plan.filter(({ position }) => position > 0).map(({ agent }) => agent);
}

/** How long a step may take before one was measured: generous, for a board may be slower than its benchmark. */
export function predictedStepMs({ entries }: Plan, microBatches: number): number {
  return GENEROSITY * microBatches * Math.max(...entries.map(({ microBatchMs }) => microBatchMs));
}

/** The whole model on one node: what a run without boards is. */
export function planLocal(spec: RunSpec, inputShape: Shape): { stage: StageSpec; entry: PlanEntry } {
  const layers = buildModel({ inputShape, layers: spec.model.layers, seed: spec.seed });
  const stage = stageSpec(spec, inputShape, 0, layers.length, true, 1);
  const memoryBytes = 4 * measureStage(stageOf(stage));
  const names = layers.map(({ name }) => name);
  return {
    stage,
    entry: {
      position: 0,
      agent: MASTER_ID,
      firstLayer: 0,
      endLayer: layers.length,
      layers: names,
      memoryBytes,
      microBatchMs: 0,
    },
  };
}

function toPlan(
  { spec, boards, master }: PlanRequest,
  layers: readonly Layer[],
  ranges: readonly Range[],
  bytes: StageBytes,
  { computeMs, linkMs }: StageCosts,
): Plan {
  const entryOf = (position: number, agent: string, { first, end }: Range, microBatchMs: number): PlanEntry => ({
    position,
    agent,
    firstLayer: first,
    endLayer: end,
    layers: layers.slice(first, end).map(({ name }) => name),
    memoryBytes: bytes(first, end, position === 0),
    microBatchMs,
  });
  const workers = boards.map(({ id }, index) => {
    const range = ranges[index] as Range;
    return entryOf(index + 1, id, range, computeMs(range.first, range.end, index));
  });
  const none = { first: layers.length, end: layers.length };
  const last = master === null ? none : (ranges[boards.length] as Range);
  const masterMs = master === null ? 0 : computeMs(last.first, last.end, boards.length);
  const entries = [entryOf(0, MASTER_ID, last, masterMs), ...workers];
  const slowest = {
    computeMs: Math.max(...entries.map(({ microBatchMs }) => microBatchMs)),
    linkMs: Math.max(...ranges.map(({ first }, stage) => linkMs(first, stage))),
  };
  const stages = boards.length + 1;
  const periodMs = Math.max(slowest.computeMs, slowest.linkMs);
  const windows = entries.map(({ position }) => {
    const stage = (position + stages - 1) % stages;
    return windowOf({ roundTripMs: roundTripMs({ stage, stages, ...slowest }), periodMs }, capOf(spec));
  });
  return { entries, windows };
}
