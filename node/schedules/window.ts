// How many micro-batches a stage keeps in flight. The textbook's N - k leaves the ring waiting for its
// links; this counts what is under way while a micro-batch travels to the end and back.

export interface StageTimes {
  /** Stage, from 0 at the first to `stages - 1` at the one that holds the loss. */
  readonly stage: number;
  readonly stages: number;
  /** Forward and backward of one micro-batch at one stage, f + g. */
  readonly computeMs: number;
  /** One message over one link, c. */
  readonly linkMs: number;
}

/**
 * `ceil(((N - k)(f + g) + 2(N - 1 - k)c) / tau) + 1` with `tau = max(f + g, c)`, the period of the
 * ring, for uniform stages; at most `cap`, which the schedule gives.
 */
export function windowOf({ stage, stages, computeMs, linkMs }: StageTimes, cap: number): number {
  const behind = stages - stage;
  const roundTripMs = behind * computeMs + 2 * (behind - 1) * linkMs;
  const periodMs = Math.max(computeMs, linkMs);
  const inFlight = periodMs > 0 ? Math.ceil(roundTripMs / periodMs) + 1 : cap;
  return Math.min(inFlight, cap);
}
