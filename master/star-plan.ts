// Who does how much in a star: every board holds a replica, and takes a share of each step. A board that cannot hold it,
// or a batch that has no sample for everybody, is refused.

import { backwardCost, forwardCost } from '../compute/cost.js';
import type { Layer } from '../compute/layer.js';
import { buildModel } from '../compute/model.js';
import { type Shape, sizeOf } from '../compute/tensor.js';
import { CapacityError, ConfigurationError } from '../errors.js';
import { stageSpecOf } from '../node/assignment.js';
import { bytesOfStage } from '../node/build.js';
import { vectorElements } from '../node/star/part.js';
import type { PlanEntry } from '../protocol/assignment.js';
import { MAX_FRAME_BYTES } from '../protocol/limits.js';
import type { ResolvedRunSpec, RunSpec } from '../protocol/run-spec.js';
import { MASTER_ID } from '../protocol/topics.js';
import { wireBytes } from '../protocol/wire-dtypes.js';
import type { Plan } from './planner.js';
import { ENVELOPE_BYTES, type PlannedBoard } from './stage-costs.js';

export interface StarRequest {
  readonly spec: ResolvedRunSpec;
  /** Of the data, per sample. */
  readonly inputShape: Shape;
  /** By position from 1. */
  readonly boards: readonly PlannedBoard[];
  /** The server. */
  readonly master: PlannedBoard;
}

/**
 * @throws ConfigurationError when there are more boards than samples, or no weights, CapacityError naming board and bytes
 */
export function planStar(request: StarRequest): Plan {
  const { spec, inputShape, boards, master } = request;
  const { batch } = spec.training;
  const layers = buildModel({ inputShape, layers: spec.model.layers, seed: spec.seed });
  checkParts(boards.length, batch, layers);
  const shares = workerShares(spec, boards);
  const names = layers.map(({ name }) => name);
  const bytesAt = bytesByPosition(request, shares, layers.length);
  const entries = [master, ...boards].map((board, position): PlanEntry => {
    const share = shares[position - 1] ?? 0;
    const flops = forwardCost(layers, share).flops + backwardCost(layers, share).flops;
    return {
      position,
      agent: position === 0 ? MASTER_ID : board.id,
      firstLayer: 0,
      endLayer: layers.length,
      layers: names,
      memoryBytes: bytesAt(position),
      microBatchMs: flops / (board.gflops * 1e6),
    };
  });
  checkMemory([master, ...boards], entries);
  if (spec.star.data === 'stream') checkFrames(spec, shares, inputShape);
  return { entries, windows: entries.map(() => 1), shares };
}

function checkParts(boards: number, batch: number, layers: readonly Layer[]): void {
  if (boards > batch) {
    throw new ConfigurationError(`a batch of ${batch} samples has no share for each of ${boards} workers`, {
      remedy: `Set training.batch to at least ${boards}, or boards to at most ${batch}.`,
    });
  }
  if (vectorElements(layers) === 0) {
    throw new ConfigurationError('the model has no parameters: a star would have nothing to send', {
      remedy: 'Add a layer that has some, such as dense.',
    });
  }
}

/** Under `bsp` all wait for the slowest, so the shares follow the speed; otherwise nobody waits. */
export function workerShares({ star, training }: RunSpec, boards: readonly PlannedBoard[]): number[] {
  return sharesOf(
    training.batch,
    boards.map(({ gflops }) => (star.consistency === 'bsp' ? gflops : 1)),
  );
}

/**
 * In proportion to the weights, whole, and nobody without: what is left over goes to those who lack most.
 * @returns as many as there are weights; their sum is `batch`
 */
export function sharesOf(batch: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const exact = weights.map((weight) => (batch * weight) / sum);
  const shares = exact.map((share) => Math.max(1, Math.floor(share)));
  const lackOf = (index: number) => (exact[index] as number) - (shares[index] as number);
  const indices = [...shares.keys()];
  for (let left = batch - shares.reduce((total, share) => total + share, 0); left !== 0; left -= Math.sign(left)) {
    const candidates = left > 0 ? indices : indices.filter((index) => (shares[index] as number) > 1);
    const chosen = candidates.reduce((best, index) => {
      return Math.sign(left) * lackOf(index) > Math.sign(left) * lackOf(best) ? index : best;
    });
    shares[chosen] = (shares[chosen] as number) + Math.sign(left);
  }
  return shares;
}

/** Workers of one share take the same: a large fleet is measured once for each. */
function bytesByPosition({ spec, inputShape }: StarRequest, shares: number[], endLayer: number) {
  const known = new Map<number | undefined, number>();
  const measure = (position: number) => {
    const assignment = {
      run: 'planned',
      generation: 0,
      position,
      workers: shares.length,
      firstLayer: 0,
      endLayer,
      window: 1,
      inputShape: [...inputShape],
      links: null,
      shares,
      spec,
    };
    return bytesOfStage(stageSpecOf(assignment));
  };
  return (position: number): number => {
    const share = shares[position - 1];
    const bytes = known.get(share) ?? measure(position);
    known.set(share, bytes);
    return bytes;
  };
}

/** So many are named; of a large fleet the others are counted. */
const MOST_NAMED = 4;

function checkMemory(boards: readonly PlannedBoard[], entries: readonly PlanEntry[]): void {
  const lacks = boards.flatMap(({ id, memoryBytes }, index) => {
    const needed = (entries[index] as PlanEntry).memoryBytes;
    const what =
      index === 0 ? 'the server (weights, optimizer, pushes that wait)' : `board ${id} (a replica, its gradients)`;
    return needed > memoryBytes
      ? [`${what} needs ${needed} bytes, ${needed - memoryBytes} more than its ${memoryBytes}`]
      : [];
  });
  if (lacks.length === 0) return;
  const rest = lacks.length - MOST_NAMED;
  const others = rest <= 0 ? '' : rest === 1 ? '; and so does 1 other' : `; and so do ${rest} others`;
  const named = lacks.slice(0, MOST_NAMED).join('; ');
  throw new CapacityError(`the model does not fit in a star: ${named}${others}`, {
    remedy:
      'Every board of a star holds the whole model: use mode: ring, boards with more memory (--memory), or a smaller model.',
  });
}

function checkFrames({ wire }: RunSpec, shares: readonly number[], inputShape: Shape): void {
  const largest = Math.max(...shares);
  const bytesOf = (share: number) => wireBytes(wire.activations, share * sizeOf(inputShape)) + ENVELOPE_BYTES;
  const bytes = bytesOf(largest);
  if (bytes <= MAX_FRAME_BYTES) return;
  const most = Math.floor((largest * (MAX_FRAME_BYTES - ENVELOPE_BYTES)) / (bytes - ENVELOPE_BYTES));
  const batch = shares.reduce((sum, share) => sum + share, 0);
  const remedies = [
    ...(most < 1
      ? []
      : [`at least ${Math.ceil(batch / most)} boards as fast as each other`, 'a smaller training.batch']),
    ...(wire.activations === 'int8' ? [] : ['a narrower wire.activations']),
    'star.data: local',
  ];
  throw new CapacityError(`a share of ${largest} samples takes ${bytes} bytes, a message at most ${MAX_FRAME_BYTES}`, {
    remedy: `Use ${remedies.join(', or ')}.`,
  });
}
