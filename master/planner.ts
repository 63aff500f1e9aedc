// Which board holds which layers: the partition whose slowest stage or link is fastest, among those that
// fit into the boards' memory. A model that does not fit is refused, saying where and by how much.

import type { Layer } from '../compute/layer.js';
import { buildModel } from '../compute/model.js';
import { partition, type Range, type StageCost } from '../compute/partition.js';
import { type Shape, sizeOf } from '../compute/tensor.js';
import { CapacityError } from '../errors.js';
import { type StageSpec, stageOf } from '../node/build.js';
import { scheduleOf } from '../node/schedules/schedules.js';
import { windowOf } from '../node/schedules/window.js';
import { measureStage } from '../node/worker.js';
import type { PlanEntry } from '../protocol/messages.js';
import type { RunSpec } from '../protocol/run-spec.js';

export interface PlannedBoard {
  readonly id: string;
  readonly gflops: number;
  readonly memoryBytes: number;
}

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
}

/** Until links are measured: Gigabit Ethernet, as on a Raspberry Pi 4 or 5. */
const LINK_BYTES_PER_SECOND = 125e6;
/** Backward computes two products where forward computes one. */
const PASSES = 3;
export const MASTER_ID = 'master';

/** @throws CapacityError when the model does not fit, naming the layers, the board and the missing bytes */
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
  const costs = stageCosts(layers, holders, spec, bytesAt);
  const found = partition(layers.length, holders.length, costs.timeMs);
  if (found === null) throw doesNotFit(layers, holders, bytesAt);
  return toPlan(request, layers, found.ranges, bytes, costs);
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

/** Bytes that a stage takes at the largest window that the schedule may ever use. */
function stageBytes({ spec, inputShape }: PlanRequest): (first: number, end: number, last: boolean) => number {
  const known = new Map<string, number>();
  return (first, end, last) => {
    const key = `${first}/${end}/${last}`;
    const bytes =
      known.get(key) ?? 4 * measureStage(stageOf(stageSpec(spec, inputShape, first, end, last, capOf(spec))));
    known.set(key, bytes);
    return bytes;
  };
}

function capOf({ training }: RunSpec): number {
  return scheduleOf(training.schedule).maxWindow(training.microBatches);
}

function stageSpec(
  spec: RunSpec,
  inputShape: Shape,
  first: number,
  end: number,
  last: boolean,
  window: number,
): StageSpec {
  const { seed, loss, optimizer, training, model } = spec;
  const { batch, microBatches } = training;
  return {
    inputShape,
    layers: model.layers,
    seed,
    firstLayer: first,
    endLayer: end,
    last,
    loss,
    optimizer,
    batch,
    microBatches,
    window,
  };
}

type StageBytes = ReturnType<typeof stageBytes>;

interface StageCosts {
  /** The slower of computing a micro-batch and of receiving it. */
  readonly timeMs: StageCost;
  readonly computeMs: StageCost;
  /** Of the link that enters before layer `first`. */
  linkMs(first: number): number;
}

function stageCosts(
  layers: readonly Layer[],
  holders: readonly PlannedBoard[],
  spec: RunSpec,
  bytes: StageCost,
): StageCosts {
  const samples = spec.training.batch / spec.training.microBatches;
  const computeMs: StageCost = (first, end, stage) => {
    const flops = layers.slice(first, end).reduce((sum, layer) => sum + layer.flops, 0);
    return (PASSES * flops * samples) / ((holders[stage] as PlannedBoard).gflops * 1e6);
  };
  const linkMs = (first: number) =>
    (sizeOf((layers[first] as Layer).inputShape) * 4 * samples * 1000) / LINK_BYTES_PER_SECOND;
  const timeMs: StageCost = (first, end, stage) => {
    if (bytes(first, end, stage) > (holders[stage] as PlannedBoard).memoryBytes) return Infinity;
    return Math.max(computeMs(first, end, stage), linkMs(first));
  };
  return { timeMs, computeMs, linkMs };
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
    linkMs: slowestLink(ranges, linkMs),
  };
  const stages = boards.length + 1;
  const windows = entries.map(({ position }) => {
    return windowOf({ stage: (position + stages - 1) % stages, stages, ...slowest }, capOf(spec));
  });
  return { entries, windows };
}

function slowestLink(ranges: readonly Range[], linkMs: (first: number) => number): number {
  return Math.max(...ranges.map(({ first }) => linkMs(first)));
}

/** Finds the partition that lacks least, to say what would have to be larger. */
function doesNotFit(layers: readonly Layer[], holders: readonly PlannedBoard[], bytes: StageCost): CapacityError {
  const missing: StageCost = (first, end, stage) => {
    return Math.max(0, bytes(first, end, stage) - (holders[stage] as PlannedBoard).memoryBytes);
  };
  const { ranges } = partition(layers.length, holders.length, missing) as { ranges: readonly Range[] };
  const faults = ranges.flatMap(({ first, end }, stage) => {
    const lack = missing(first, end, stage);
    const { id, memoryBytes } = holders[stage] as PlannedBoard;
    const names = first + 1 === end ? layers[first]?.name : `${layers[first]?.name} to ${layers[end - 1]?.name}`;
    return lack > 0
      ? [`${names} on ${id} needs ${memoryBytes + lack} bytes, ${lack} more than its ${memoryBytes}`]
      : [];
  });
  return new CapacityError(`the model does not fit on ${holders.length} boards: ${faults.join('; ')}`, {
    remedy: 'Add boards, give the agents more memory (--memory), or use a smaller batch, layer or optimizer.',
  });
}
