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
  const isOfIt = ({ time }: { time: number }) => time >= atMs && time < untilMs;
  const steps = trace.steps.filter(isOfIt).map(({ time }) => time);
  const timesOf = (what: 'begun' | 'cut') => {
    return trace.happenings.filter((each) => each.type === what && isOfIt(each)).map(({ time }) => time);
  };
  const begun = timesOf('begun');
  const [firstMs = untilMs] = begun;
  if (steps.some((ms) => ms > atMs + NOTICED_MS && ms < firstMs)) return borne(atMs, steps);
  const newMs = steps.find((ms) => ms >= firstMs);
  const wentOnMs = firstToGetAhead(begun, [...steps, ...timesOf('cut')], untilMs);
  return { wentOnMs: wentOnMs === null ? null : wentOnMs - atMs, newStepMs: newMs === undefined ? null : newMs - atMs };
}

/**
 * A generation that is lost before it has made a new step, or kept what it did again, has not brought the run on. One that
 * ends after that, perhaps to take a board back in, has.
 */
function firstToGetAhead(begun: readonly number[], ahead: readonly number[], untilMs: number): number | null {
  const isAhead = (fromMs: number, toMs: number) => ahead.some((ms) => ms >= fromMs && ms < toMs);
  return begun.find((ms, index) => isAhead(ms, begun[index + 1] ?? untilMs)) ?? null;
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
