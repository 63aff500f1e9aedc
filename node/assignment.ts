// From an assignment, as it crosses the wire, to the stage that it describes.

import type { Assignment } from '../protocol/messages.js';
import type { StageSpec } from './build.js';

export function stageSpecOf({ spec, inputShape, firstLayer, endLayer, position, window }: Assignment): StageSpec {
  return {
    inputShape,
    layers: spec.model.layers,
    seed: spec.seed,
    firstLayer,
    endLayer,
    last: position === 0,
    loss: spec.loss,
    optimizer: spec.optimizer,
    batch: spec.training.batch,
    microBatches: spec.training.microBatches,
    schedule: spec.training.schedule,
    window,
  };
}
