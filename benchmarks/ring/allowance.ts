// What a ring could do at best. With the schedule `sync` a step of m micro-batches over N stages takes
// (m + N - 1) T (Huang et al. 2019, GPipe, section 2.3), and while the pipe fills and empties nobody works
// during a message: there and back over each of the N links behind the first stage.

export interface RingTimes {
  /** One micro-batch at one stage, forward and backward. */
  readonly stageMs: number;
  /** One message over one link. */
  readonly linkMs: number;
  readonly stages: number;
  readonly microBatches: number;
}

/** Throughput relative to one process, which takes m N T a step. */
export function syncAllowance({ stageMs, linkMs, stages, microBatches }: RingTimes): number {
  const aloneMs = microBatches * stages * stageMs;
  return aloneMs / ((microBatches + stages - 1) * stageMs + 2 * stages * linkMs);
}

/** Of a stage, from what one process does with all of them. */
export function stageMsOf(samplesPerSecond: number, batch: number, microBatches: number, stages: number): number {
  return (1000 * batch) / samplesPerSecond / (microBatches * stages);
}
