// Learning rates as pure functions of the step, so that no board need remember where it is in a schedule.
// Steps count from 0: step 0 uses the initial rate.

import type { LearningRateSchedule } from './specs.js';

const CONSTANT: LearningRateSchedule = { type: 'constant' };

export function learningRateAt(step: number, initial: number, schedule: LearningRateSchedule = CONSTANT): number {
  switch (schedule.type) {
    case 'constant':
      return initial;
    case 'step':
      return initial * schedule.factor ** Math.floor(step / schedule.every);
    case 'cosine':
      return initial * cosineFactor(step / schedule.steps, schedule.alpha ?? 0);
  }
}

/** Loshchilov and Hutter 2017, equation 5, without restarts: from 1 to `alpha`, where it stays. */
function cosineFactor(progress: number, alpha: number): number {
  const cosine = (1 + Math.cos(Math.PI * Math.min(progress, 1))) / 2;
  return alpha + (1 - alpha) * cosine;
}
