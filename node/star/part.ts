// What makes a stage one of a star (decision 17): a worker's replica with its share of each step, or the server's.

import type { Layer } from '../../compute/layer.js';
import type { OptimizerSpec } from '../../compute/specs.js';
import { paddedSize, sizeOf } from '../../compute/tensor.js';
import type { FilterSpec, StarSpec } from '../../protocol/run-spec.js';
import { clocksBeyond } from '../consistency.js';
import { keptOf } from '../gradient-filter.js';
import { piecesOf } from '../pieces.js';

export interface StarPart extends StarSpec {
  readonly role: 'server' | 'worker';
  /** Samples of a step, over all workers. */
  readonly samplesOfStep: number;
  /** Samples of each worker's share, by position from 1. */
  readonly shares: readonly number[];
  /** Of this node; 0 is the server. */
  readonly position: number;
  /** Steps in the weights that it begins with. */
  readonly firstStep: number;
}

/** Takes what it is given for the step itself: a worker's local steps have been scaled by their learning rate. */
const ADDITION: OptimizerSpec = { type: 'sgd', learningRate: 1 };

/** Which optimizer a node holds the state of: the server's descends, unless the workers do so by themselves. */
export function optimizerOf(
  asked: OptimizerSpec,
  { role, localSteps }: Pick<StarPart, 'role' | 'localSteps'>,
): OptimizerSpec {
  return (role === 'worker') === localSteps > 1 ? asked : ADDITION;
}

/**
 * Steps of the run before the first one that the store of this node counts. A worker counts its local steps, and begins
 * anew with each generation, its moments too; the server's steps are told by whom it aggregates for.
 */
export function stepsBeforeOwn({ role, firstStep }: StarPart): number {
  return role === 'worker' ? firstStep : 0;
}

/** The samples of this worker's share. */
export function shareOf({ shares, position }: StarPart): number {
  return shares[position - 1] as number;
}

/** Where this worker's share begins within the samples of a step. */
export function firstSampleOf({ shares, position }: StarPart): number {
  return shares.slice(0, Math.max(0, position - 1)).reduce((sum, share) => sum + share, 0);
}

/** Elements of the flat vector in which parameters and gradients travel. */
export function vectorElements(layers: readonly Layer[]): number {
  return layers.flatMap(({ parameters }) => parameters).reduce((sum, { shape }) => sum + paddedSize(sizeOf(shape)), 0);
}

/** Whether an update needs the gradients of whole tensors, as clipping by norm does, and not only a piece's. */
export function needsWhole({ clipnorm }: OptimizerSpec, { localSteps }: Pick<StarPart, 'localSteps'>): boolean {
  return clipnorm !== undefined && localSteps === 1;
}

/**
 * Floats that a node holds beside its stage. A worker: what its filter kept back, the weights that local steps began at,
 * and parameters that came while it computes with those that it has. The server: pushes that wait, as many as there are
 * at the worst.
 */
export function floatsBeside(layers: readonly Layer[], part: StarPart, asked: OptimizerSpec): number {
  const { role, filter, localSteps } = part;
  const elements = vectorElements(layers);
  if (role === 'server') return pushesWaiting(part, asked) * floatsOfPush(elements, filter);
  return elements * ((filter.type === 'none' ? 0 : 1) + (localSteps > 1 ? 1 : 0) + clocksBeyond(part));
}

/**
 * Under `bsp` sums are in the order of the positions: until the first worker's push comes, the others' wait. Otherwise a
 * push waits only where its pieces are taken together.
 */
function pushesWaiting(part: StarPart, asked: OptimizerSpec): number {
  const workers = part.shares.length;
  if (part.consistency === 'bsp') return workers - 1;
  return needsWhole(asked, part) ? workers : 0;
}

/** As it is held: values are 32-bit floats whatever they were on the wire, places have 16 bits. */
function floatsOfPush(elements: number, filter: FilterSpec): number {
  if (filter.type === 'none') return elements;
  const sent = (piece: number) => (filter.type === 'topK' ? keptOf(filter.share, piece) : piece);
  return Math.ceil(1.5 * piecesOf(elements).reduce((sum, { start, end }) => sum + sent(end - start), 0));
}
