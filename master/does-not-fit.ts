// Why a model cannot be shared out over these boards: the plan that lacks least, to say where and by how
// much something would have to be larger, or a frame smaller.

import { partition, type Range, type StageCost } from '../compute/partition.js';
import { CapacityError } from '../errors.js';
import { MAX_FRAME_BYTES } from '../protocol/limits.js';
import type { RunSpec } from '../protocol/run-spec.js';
import { framesOf, type PlannedBoard, type Ring } from './stage-costs.js';

/** Names the layers, the board and the missing bytes, and the layer whose frames are too large. */
export function doesNotFit(ring: Ring): CapacityError {
  const { layers, holders, spec } = ring;
  const lack: StageCost = (first, end, stage) =>
    Math.max(memoryLack(ring)(first, end, stage), excess(ring, first, end));
  const { ranges } = partition(layers.length, holders.length, lack) as { ranges: readonly Range[] };
  const memory = ranges.flatMap((range, stage) => memoryFault(ring, range, stage));
  const frames = ranges.flatMap(({ first, end }) => largeFrames(ring, first, end));
  const remedies = [...(memory.length > 0 ? [MORE_MEMORY] : []), ...(frames.length > 0 ? [smallerFrames(spec)] : [])];
  return new CapacityError(`the model does not fit on ${holders.length} boards: ${[...memory, ...frames].join('; ')}`, {
    remedy: remedies.join(' '),
  });
}

const MORE_MEMORY = 'Add boards, give the agents more memory (--memory), or use a smaller batch, layer or optimizer.';

function smallerFrames({ training: { batch, microBatches } }: RunSpec): string {
  return `Make micro-batches smaller: more of them than ${microBatches} (training.microBatches), or a batch below ${batch}.`;
}

function memoryLack({ holders, bytes }: Ring): StageCost {
  return (first, end, stage) => Math.max(0, bytes(first, end, stage) - (holders[stage] as PlannedBoard).memoryBytes);
}

function excess(ring: Ring, first: number, end: number): number {
  return Math.max(0, ...framesOf(ring, first, end).map((frameBytes) => frameBytes - MAX_FRAME_BYTES));
}

function largeFrames(ring: Ring, first: number, end: number): string[] {
  const { layers } = ring;
  const [entering, leaving] = framesOf(ring, first, end);
  const fault = (what: string, bytes: number) =>
    bytes > MAX_FRAME_BYTES
      ? [`a micro-batch of ${what} takes ${bytes} bytes, a message at most ${MAX_FRAME_BYTES}`]
      : [];
  const isEnd = end === layers.length; // what leaves another stage enters the next
  return [
    ...fault(`inputs of ${layers[first]?.name}`, entering),
    ...(isEnd ? fault(`outputs of ${layers[end - 1]?.name}`, leaving) : []),
  ];
}

function memoryFault(ring: Ring, { first, end }: Range, stage: number): string[] {
  const { layers, holders } = ring;
  const lack = memoryLack(ring)(first, end, stage);
  const { id, memoryBytes } = holders[stage] as PlannedBoard;
  const names = first + 1 === end ? layers[first]?.name : `${layers[first]?.name} to ${layers[end - 1]?.name}`;
  return lack > 0 ? [`${names} on ${id} needs ${memoryBytes + lack} bytes, ${lack} more than its ${memoryBytes}`] : [];
}
