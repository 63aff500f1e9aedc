// How long it took until a run went on after a fault, without the steps that it had to do again: from the fault to the
// beginning of the generation that came of it. A star that bears the loss of a worker begins none then: it goes on with its
// next step, and begins one later, when the worker is back.

import type { InjectedFault } from '../../cli/chaos/recovery.js';
import type { Trace } from '../../cli/chaos/trace.js';

export interface Resumption {
  /** From the fault until the run went on; null: it did not. */
  readonly wentOnMs: number | null;
  /** From the fault to the first step that is new: with those that were done again. */
  readonly newStepMs: number | null;
}

/** What was on its way when the fault came makes no step any more after that. */
const NOTICED_MS = 1_500;

/** @param untilMs what came then is of the next fault */
export function resumptionOf({ atMs }: Pick<InjectedFault, 'atMs'>, trace: Trace, untilMs: number): Resumption {
  const begun = trace.happenings.filter(({ type, time }) => type === 'begun' && time >= atMs && time < untilMs);
  const steps = trace.steps.map(({ time }) => time).filter((time) => time >= atMs && time < untilMs);
  const firstBegunMs = begun[0]?.time ?? untilMs;
  if (steps.some((time) => time > atMs + NOTICED_MS && time < firstBegunMs)) return borne(atMs, steps);
  const newMs = steps.find((time) => time >= firstBegunMs);
  if (newMs === undefined) return { wentOnMs: null, newStepMs: null };
  // A generation that was lost before it made a new step has not brought the run on.
  const begunMs = begun.findLast(({ time }) => time <= newMs)?.time ?? newMs;
  return { wentOnMs: begunMs - atMs, newStepMs: newMs - atMs };
}

/** Up to the step that ended the longest time without one. @param steps their times, from the fault on */
function borne(atMs: number, steps: readonly number[]): Resumption {
  let end = { ms: atMs, gapMs: 0 };
  for (const [index, ms] of steps.entries()) {
    const sinceMs = steps[index - 1] ?? atMs;
    if (sinceMs <= atMs + NOTICED_MS && ms - sinceMs > end.gapMs) end = { ms, gapMs: ms - sinceMs };
  }
  return { wentOnMs: end.ms - atMs, newStepMs: end.ms - atMs };
}
