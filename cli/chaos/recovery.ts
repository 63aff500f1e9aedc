// What a fault did to a run, from what the run tells of itself: how long no new step came, how many steps were done again.

import { FINAL_STATES } from '../../protocol/messages.js';
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
   * From the fault to the first new step of a generation that came of it. Of what ended no generation: the longest time
   * without a new step that began while it lasted. Null: no step came after it.
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
  const happenings = trace.happenings.filter(({ time }) => time >= atMs && time < untilMs);
  const begun = happenings.filter((each) => each.type === 'begun');
  const [generation] = begun;
  const first = generation && trace.steps.find(({ time }) => time >= generation.time);
  const fromTheFault = first === undefined ? null : first.time - atMs;
  return {
    recoveryMs: generation === undefined ? standstill(trace, atMs, overMs + NOTICED_MS) : fromTheFault,
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

function standstill({ steps }: Trace, fromMs: number, toMs: number): number | null {
  const before = steps.findLast(({ time }) => time < fromMs);
  const times = [before?.time ?? fromMs, ...steps.map(({ time }) => time).filter((time) => time >= fromMs)];
  const gaps = times
    .slice(1)
    .map((time, index) => ({ beganMs: times[index] as number, ms: time - (times[index] as number) }));
  const ofTheFault = gaps.filter(({ beganMs }) => beganMs <= toMs).map(({ ms }) => ms);
  return ofTheFault.length === 0 ? null : Math.max(...ofTheFault);
}
