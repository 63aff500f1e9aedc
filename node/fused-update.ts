// Where a step is one micro-batch and an update adds the scaled gradient to the weights, backward can do so at
// once, `W += scale Xᵀ dY`: no gradients are kept, written and read again. A function of the run alone, so that
// all positions, however the layers are shared out, compute the same.

import type { Optimizer } from '../compute/optimizers.js';
import type { FusedScale } from './parameter-store.js';
import type { ScheduleName } from './schedules/schedules.js';

export interface FusedRun {
  readonly schedule: ScheduleName;
  readonly batch: number;
  readonly microBatches: number;
}

/** Null where the update waits for other micro-batches, or needs the gradient as such. */
export function fusedScaleOf({ schedule, batch, microBatches }: FusedRun, optimizer: Optimizer): FusedScale | null {
  const { additionScale } = optimizer;
  if (schedule !== 'sync' || microBatches !== 1 || additionScale === null) return null;
  return (step) => additionScale(step, batch);
}
