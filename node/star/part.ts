// What makes a stage one of a star (decision 17): a worker's replica with its share of each step, or the server's.

import type { Layer } from '../../compute/layer.js';
import type { OptimizerSpec } from '../../compute/specs.js';
import { paddedSize, sizeOf } from '../../compute/tensor.js';
import type { StarSpec } from '../../protocol/run-spec.js';
import { clocksBeyond } from '../consistency.js';

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

/**
 * Floats that a worker holds beside its stage: what its filter kept back, the weights that local steps began at, and
 * parameters that came while it computes with those that it has.
 */
export function floatsBeside(layers: readonly Layer[], part: StarPart): number {
  const { role, filter, localSteps } = part;
  if (role === 'server') return 0;
  return vectorElements(layers) * ((filter.type === 'none' ? 0 : 1) + (localSteps > 1 ? 1 : 0) + clocksBeyond(part));
}
