// The period that the ring achieves: time between two micro-batches that come round, on average over two
// steps, so that a step's flush is in it.

export class PeriodMeter {
  private readonly timesMs: number[] = [];

  constructor(
    private readonly microBatches: number,
    private readonly nowMs: () => number,
  ) {}

  /** A micro-batch has come round. */
  completed(): void {
    this.timesMs.push(this.nowMs());
    if (this.timesMs.length > 2 * this.microBatches + 1) this.timesMs.shift();
  }

  /** Null before two steps have come round. */
  get averageMs(): number | null {
    const { timesMs, microBatches } = this;
    if (timesMs.length <= 2 * microBatches) return null;
    return ((timesMs.at(-1) as number) - (timesMs[0] as number)) / (2 * microBatches);
  }
}
