// What a stage would take and cost, on paper: bytes of its memory, milliseconds of its computing and of its
// link, bytes of its frames. The planner weighs plans by it.

import { backwardCost, forwardCost } from '../compute/cost.js';
import type { Layer } from '../compute/layer.js';
import { buildModel } from '../compute/model.js';
import type { StageCost } from '../compute/partition.js';
import { type Shape, sizeOf } from '../compute/tensor.js';
import { type StageSpec, stageOf } from '../node/build.js';
import { scheduleOf } from '../node/schedules/schedules.js';
import { measureStage } from '../node/worker.js';
import { MAX_FRAME_BYTES } from '../protocol/limits.js';
import type { RunSpec } from '../protocol/run-spec.js';
import { wireBytes } from '../protocol/wire-dtypes.js';

export interface PlannedBoard {
  readonly id: string;
  readonly gflops: number;
  readonly memoryBytes: number;
  /** Of its link, where that is known; as Gigabit Ethernet until it is measured. */
  readonly linkMbps?: number;
}

export interface StageRequest {
  readonly spec: RunSpec;
  /** Of the data, per sample. */
  readonly inputShape: Shape;
}

/** Gigabit Ethernet, as on a Raspberry Pi 4 or 5. */
const USUAL_LINK_MBPS = 1000;
/** Topic, header and metadata of a frame, generously. */
export const ENVELOPE_BYTES = 1024;

/** Bytes that a stage takes at the largest window that the schedule may ever use. */
export function stageBytes({ spec, inputShape }: StageRequest): (first: number, end: number, last: boolean) => number {
  const known = new Map<string, number>();
  const model = buildModel({ inputShape, layers: spec.model.layers, seed: spec.seed });
  return (first, end, last) => {
    const key = `${first}/${end}/${last}`;
    const bytes =
      known.get(key) ?? 4 * measureStage(stageOf(stageSpec(spec, inputShape, first, end, last, capOf(spec)), model));
    known.set(key, bytes);
    return bytes;
  };
}

/** Micro-batches in flight at most, at any position. */
export function capOf({ training }: RunSpec): number {
  return scheduleOf(training.schedule).maxWindow(training.microBatches);
}

export function stageSpec(
  spec: RunSpec,
  inputShape: Shape,
  first: number,
  end: number,
  last: boolean,
  window: number,
): StageSpec {
  const { seed, loss, optimizer, training, model } = spec;
  const { batch, microBatches, schedule } = training;
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
    schedule,
    window,
  };
}

export type StageBytes = ReturnType<typeof stageBytes>;

/** The stages to fill: the boards clockwise, then the master where it holds layers. */
export interface Ring {
  readonly layers: readonly Layer[];
  readonly holders: readonly PlannedBoard[];
  readonly spec: RunSpec;
  /** Whether the last stage is a board, which sends the model's outputs to the master. */
  readonly outputsLeave: boolean;
  /** Bytes of memory. */
  readonly bytes: StageCost;
}

export interface StageCosts {
  /** The slower of computing a micro-batch and of receiving it; infinite where it does not fit. */
  readonly timeMs: StageCost;
  readonly computeMs: StageCost;
  /** Of the link by which stage `stage` gets what enters before its layer `first`. */
  linkMs(first: number, stage: number): number;
  /** Never above `timeMs`, and the larger the more layers there are. */
  readonly leastMs: StageCost;
}

export function stageCosts(ring: Ring): StageCosts {
  const { layers, holders, spec, bytes } = ring;
  const flopsBefore = sumsOf(layers.map(({ flops }) => flops));
  const computeMs: StageCost = (first, end, stage) => {
    const held = layers.slice(first, end);
    const samples = samplesOf(spec);
    const flops = forwardCost(held, samples).flops + backwardCost(held, samples).flops;
    return flops / ((holders[stage] as PlannedBoard).gflops * 1e6);
  };
  const linkMs = (first: number, stage: number) => (tensorBytes(ring, first) * 8) / (linkMbps(ring, stage) * 1000);
  // A layer is two products at least: the model's first one needs no gradient of its input.
  const leastMs: StageCost = (first, end, stage) => {
    const flops = (flopsBefore[end] as number) - (flopsBefore[first] as number);
    return (2 * flops * samplesOf(spec)) / ((holders[stage] as PlannedBoard).gflops * 1e6);
  };
  const timeMs: StageCost = (first, end, stage) => {
    if (bytes(first, end, stage) > (holders[stage] as PlannedBoard).memoryBytes) return Infinity;
    if (framesOf(ring, first, end).some((frameBytes) => frameBytes > MAX_FRAME_BYTES)) return Infinity;
    return Math.max(computeMs(first, end, stage), linkMs(first, stage));
  };
  return { timeMs, computeMs, leastMs, linkMs };
}

/** The sum of all before each, and of all. */
function sumsOf(values: readonly number[]): number[] {
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) as number) + value);
  return sums;
}

/** The slower of the two boards at a stage's entrance; the master before the first is as fast as that. */
function linkMbps({ holders }: Ring, stage: number): number {
  const [own, before] = [holders[stage], holders[stage - 1]].map((board) => board?.linkMbps ?? USUAL_LINK_MBPS);
  return Math.min(own as number, stage === 0 ? Infinity : (before as number));
}

/** Bytes of the largest frames over the links before and behind a stage: activations, or gradients the other way. */
export function framesOf(ring: Ring, first: number, end: number): [entering: number, leaving: number] {
  const stays = end === ring.layers.length && !ring.outputsLeave;
  return [tensorBytes(ring, first) + ENVELOPE_BYTES, stays ? 0 : tensorBytes(ring, end) + ENVELOPE_BYTES];
}

/** Of a micro-batch before layer `first`, which may be the end of the model; no gradient goes back to the data. */
function tensorBytes({ layers, spec }: Ring, first: number): number {
  const shape = layers[first]?.inputShape ?? (layers.at(-1) as Layer).outputShape;
  const elements = sizeOf(shape) * samplesOf(spec);
  const { activations, gradients } = spec.wire;
  return Math.max(wireBytes(activations, elements), first === 0 ? 0 : wireBytes(gradients, elements));
}

function samplesOf({ training }: RunSpec): number {
  return training.batch / training.microBatches;
}
