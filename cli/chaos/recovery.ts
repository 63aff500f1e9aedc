// What a fault did to a run, from what the run tells of itself: how long no new step came, how many steps were done again.

import { FINAL_STATES } from '../../protocol/run-messages.js';
import type { PlannedFault } from './fault-plan.js';
import { type Happening, lastOf, stateOf, type Trace } from './trace.js';

/** Milliseconds since the epoch. */
export interface InjectedFault extends PlannedFault {
  readonly atMs: number;
  /** When it was over. */
  readonly overMs: number;
}

export interface Recovery {
  /**
   * The longest time without a new step that came of it: one that began while the fault lasted, or in which a generation
   * began, also to take a board back in. Null: no step came after it.
   */
  readonly recoveryMs: number | null;
  readonly generations: number;
  /** Steps that were done more than once. */
  readonly repeated: number;
}

/** A loss is noticed by then: by its will, or for want of answers. */
const NOTICED_MS = 1_500;

/** Whether the run goes on as before: with all its boards, new steps come, and what was reached since is safe. */
export function isSettled(trace: Trace, overMs: number, nowMs: number): boolean {
  if (nowMs < overMs + NOTICED_MS || stateOf(trace) !== 'running') return false;
  const begun = lastOf(trace, 'begun')?.time ?? 0;
  // What was on its way when the fault came may still make a step, and a cut.
  const sinceMs = Math.max(overMs + NOTICED_MS, begun);
  if ((lastOf(trace, 'lost')?.time ?? 0) > begun || !isComplete(trace)) return false;
  return (lastOf(trace, 'cut')?.time ?? 0) > sinceMs && (trace.steps.at(-1)?.time ?? 0) > sinceMs;
}

/** Whether it made new steps after the loss had to be noticed: enough of a run that has ended. */
export function isOvercome({ overMs }: Pick<InjectedFault, 'overMs'>, { steps }: Trace): boolean {
  return (steps.at(-1)?.time ?? 0) > overMs + NOTICED_MS;
}

/** All boards that it began with are back in their places. */
function isComplete({ happenings }: Trace): boolean {
  const sizes = happenings.flatMap((each) => (each.type === 'planned' ? [each.plan.length] : []));
  return sizes.at(-1) === sizes[0];
}

export function isOver(trace: Trace): boolean {
  return FINAL_STATES.includes(stateOf(trace));
}

/** @param untilMs what came then is of the next fault */
export function recoveryOf({ atMs, overMs }: InjectedFault, trace: Trace, untilMs: number): Recovery {
  const isOfIt = ({ time }: { time: number }) => time >= atMs && time < untilMs;
  const happenings = trace.happenings.filter(isOfIt);
  const begun = happenings.filter((each) => each.type === 'begun');
  const steps = trace.steps.filter(isOfIt).map(({ time }) => time);
  const stopped = happenings.findLast(({ type }) => type === 'lost' || type === 'begun');
  const goesOn = steps.length > 0 && (steps.at(-1) as number) >= (stopped?.time ?? 0);
  return {
    recoveryMs: goesOn ? longestStop(steps, atMs, overMs + NOTICED_MS, begun) : null,
    generations: begun.length,
    repeated: repeatedIn(happenings),
  };
}

function repeatedIn(happenings: readonly Happening[]): number {
  let reached = 0;
  let repeated = 0;
  for (const each of happenings) {
    if (each.type === 'lost') reached = Math.max(reached, each.step);
    if (each.type !== 'begun') continue;
    repeated += Math.max(0, reached - each.step);
    reached = 0;
  }
  return repeated;
}

/**
 * A run that bears the loss of a board has short ones, when it misses it and when it takes it back; others have a long one.
 * @param steps when new ones came
 * @param toMs a stop that began by then may be of the fault
 * @param begun one in which a generation began is of it, too
 */
function longestStop(steps: readonly number[], fromMs: number, toMs: number, begun: readonly Happening[]): number {
  const stops = steps.map((endMs, index) => ({ beganMs: steps[index - 1] ?? fromMs, endMs }));
  const ofTheFault = stops.filter(({ beganMs, endMs }) => {
    return beganMs <= toMs || begun.some(({ time }) => time >= beganMs && time <= endMs);
  });
  return Math.max(...ofTheFault.map(({ beganMs, endMs }) => endMs - beganMs));
}
