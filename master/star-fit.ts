// Whether a star fits: each worker holds a replica of the whole model, with its gradients and the stash of its share.

import { buildModel } from '../compute/model.js';
import type { Shape } from '../compute/tensor.js';
import { CapacityError } from '../errors.js';
import { stageOf } from '../node/build.js';
import { measureStage } from '../node/worker.js';
import type { RunSpec } from '../protocol/run-spec.js';
import { type PlannedBoard, stageSpec } from './stage-costs.js';

/** Of a worker that takes `share` samples at once. */
export function replicaBytes(spec: RunSpec, inputShape: Shape, share: number): number {
  const layers = buildModel({ inputShape, layers: spec.model.layers, seed: spec.seed }).length;
  const stage = stageOf(stageSpec(spec, inputShape, 0, layers, true, 1));
  // The optimizer's state is the server's, unless a worker takes steps by itself; its gradients are always sent.
  const optimizer = spec.star.localSteps > 1 ? stage.optimizer : { ...stage.optimizer, slots: 0 };
  return (
    4 * measureStage({ ...stage, optimizer, microBatch: share, microBatches: 1, fusedScale: null, versionsHeld: 1 })
  );
}

/** @throws CapacityError naming the board and the missing bytes */
export function checkReplicas(
  spec: RunSpec,
  inputShape: Shape,
  boards: readonly PlannedBoard[],
  shares: readonly number[],
): void {
  for (const [index, { id, memoryBytes }] of boards.entries()) {
    const bytes = replicaBytes(spec, inputShape, shares[index] as number);
    if (bytes <= memoryBytes) continue;
    throw new CapacityError(
      `a replica of the whole model takes ${bytes} bytes on ${id}, ${bytes - memoryBytes} more than its ${memoryBytes}`,
      { remedy: 'Train it as a ring (mode: ring), where each board holds some of its layers.' },
    );
  }
}
