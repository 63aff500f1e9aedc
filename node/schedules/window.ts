// How many micro-batches a stage keeps in flight. The textbook's N - k leaves the ring waiting for its
// links; this counts what is under way while a micro-batch travels to the end and back.

export interface Pace {
  /** From a stage's forward of a micro-batch to the end of its backward, when nobody waits. */
  readonly roundTripMs: number;
  /** Between two micro-batches, wherever they pass: tau. */
  readonly periodMs: number;
}

/**
 * `ceil(round trip / tau) + waiting`, at least 1; the cap as long as nothing is known.
 * @param cap the largest, which the schedule gives; at least 1
 * @param waiting micro-batches that wait somewhere
 */
export function windowOf({ roundTripMs, periodMs }: Pace, cap: number, waiting = 1): number {
  if (!(periodMs > 0)) return cap;
  // Times come from other boards: whatever they say, a window of none would stop the ring.
  return Math.max(1, Math.min(Math.ceil(roundTripMs / periodMs) + waiting, cap));
}

export interface StageTimes {
  /** Stage, from 0 at the first to `stages - 1` at the one that holds the loss. */
  readonly stage: number;
  readonly stages: number;
  /** Forward and backward of one micro-batch at one stage, f + g. */
  readonly computeMs: number;
  /** One message over one link, c. */
  readonly linkMs: number;
}

/** `(N - k)(f + g) + 2(N - 1 - k)c`: of stage k of N uniform stages, before anything is measured. */
export function roundTripMs({ stage, stages, computeMs, linkMs }: StageTimes): number {
  const behind = stages - stage;
  return behind * computeMs + 2 * (behind - 1) * linkMs;
}
