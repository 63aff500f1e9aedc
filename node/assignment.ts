// From an assignment, as it crosses the wire, to the stage that it describes.

import type { Assignment } from '../protocol/messages.js';
import type { StageSpec } from './build.js';
import { scheduleOf } from './schedules/schedules.js';

/** Its stash has room for the largest window that the schedule allows: the window follows the measured links. */
export function stageSpecOf({ spec, inputShape, firstLayer, endLayer, position }: Assignment): StageSpec {
  const { batch, microBatches, schedule } = spec.training;
  return {
    inputShape,
    layers: spec.model.layers,
    seed: spec.seed,
    firstLayer,
    endLayer,
    last: position === 0,
    loss: spec.loss,
    optimizer: spec.optimizer,
    batch,
    microBatches,
    schedule,
    window: scheduleOf(schedule).maxWindow(microBatches),
  };
}
