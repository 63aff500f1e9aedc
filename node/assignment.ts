// From an assignment, as it crosses the wire, to the stage that it describes.

import type { Assignment } from '../protocol/assignment.js';
import type { StageSpec } from './build.js';
import { scheduleOf } from './schedules/schedules.js';
import { type StarPart, shareOf } from './star/part.js';

/** What the assignment says whichever mode the run has. */
function modelPart({ spec, inputShape, firstLayer, endLayer }: Assignment) {
  const { schedule } = spec.training;
  return {
    inputShape,
    layers: spec.model.layers,
    seed: spec.seed,
    firstLayer,
    endLayer,
    loss: spec.loss,
    optimizer: spec.optimizer,
    schedule,
  };
}

export function stageSpecOf(assignment: Assignment): StageSpec {
  return assignment.spec.mode === 'star' ? starStage(assignment) : ringStage(assignment);
}

/** Its stash has room for the largest window that the schedule allows: the window follows the measured links. */
function ringStage(assignment: Assignment): StageSpec {
  const { batch, microBatches, schedule } = assignment.spec.training;
  const window = scheduleOf(schedule).maxWindow(microBatches);
  return { ...modelPart(assignment), last: assignment.position === 0, batch, microBatches, window };
}

/** A worker computes its share at once; the server evaluates, in micro-batches as a ring does, and stashes nothing. */
function starStage(assignment: Assignment): StageSpec {
  const { spec, position, shares = [], start } = assignment;
  const { batch: samplesOfStep, microBatches } = spec.training;
  const role = position === 0 ? 'server' : 'worker';
  const star: StarPart = { ...spec.star, role, samplesOfStep, shares, position, firstStep: start?.step ?? 0 };
  const sizes =
    role === 'server'
      ? { batch: samplesOfStep, microBatches, window: 0 }
      : { batch: shareOf(star), microBatches: 1, window: 1 };
  return { ...modelPart(assignment), last: true, ...sizes, star };
}
