// `ssp` and `asp`: each push is an optimizer step of its own, as far as its samples go.

import { createOptimizer, learningRateOf } from '../../compute/optimizers.js';
import type { LearningRateSchedule, OptimizerSpec } from '../../compute/specs.js';
import type { Aggregation } from './aggregation.js';
import { Descent, type DescentOptions, type PushedPiece } from './descent.js';
import { optimizerOf, type StarPart } from './part.js';

export function immediateAggregation(options: DescentOptions): Aggregation {
  const { part } = options;
  const descent = new Descent(options);
  const workers = part.shares.map((share) => ({
    share,
    optimizer: createOptimizer(optimizerOfPush(options.optimizer, part, share)),
    /** Pieces of its pushes that are in the weights, over all its clocks. */
    applied: 0,
    held: [] as PushedPiece[],
  }));
  /** As many as the steps so far would have taken, where a run goes on. */
  let pushes = Math.round((part.firstStep * part.shares.length) / part.localSteps);

  const takeWhole = (worker: (typeof workers)[number], pushed: PushedPiece) => {
    worker.held.push(pushed);
    if (worker.held.length < descent.pieces.length) return;
    for (const piece of worker.held.splice(0)) descent.gather(piece, false);
    descent.updateWhole(worker.optimizer, pushes++, worker.share);
    worker.applied += descent.pieces.length;
  };
  const takePiece = (worker: (typeof workers)[number], pushed: PushedPiece) => {
    descent.gather(pushed, false);
    descent.update(pushed.micro, worker.optimizer, pushes, worker.share);
    worker.applied++;
    if (pushed.micro === descent.pieces.length - 1) pushes++;
  };
  return {
    take(pushed: PushedPiece) {
      const worker = workers[pushed.from - 1] as (typeof workers)[number];
      if (descent.isWhole) takeWhole(worker, pushed);
      else takePiece(worker, pushed);
    },
    isReady: (worker, clock, piece) => {
      const { applied } = workers[worker - 1] as (typeof workers)[number];
      return applied > (clock - 1) * descent.pieces.length + piece;
    },
    isSettled: () => true,
    drop: () => undefined,
  };
}

/** The learning rate in proportion to the samples of a push, and schedules that last as many pushes as they had steps. */
export function optimizerOfPush(asked: OptimizerSpec, part: StarPart, share: number): OptimizerSpec {
  const spec = optimizerOf(asked, part);
  const fraction = share / part.samplesOfStep;
  const learningRate = learningRateOf({ ...spec, schedule: undefined })(0) * fraction;
  return { ...spec, learningRate, ...(spec.schedule && { schedule: lasting(spec.schedule, 1 / fraction) }) };
}

function lasting(schedule: LearningRateSchedule, times: number): LearningRateSchedule {
  if (schedule.type === 'step') return { ...schedule, every: schedule.every * times };
  return schedule.type === 'cosine' ? { ...schedule, steps: schedule.steps * times } : schedule;
}
