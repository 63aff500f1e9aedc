// What a message over the link to one neighbour costs, c, without a message of its own and without clocks
// that agree. Each frame tells when it left and how late, by the receiver's clock, the neighbour's own
// frames arrived. The offset of the clocks is in one lag with a plus and in the other with a minus, so it
// cancels in their mean, as in NTP (RFC 5905, section 8).

/** The smallest of so many: a frame that waited behind others tells of the queue, not of the link. */
const SAMPLES = 16;

export class LinkClock {
  private readonly lagsMs: number[] = [];
  private next = 0;
  private theirLagMs: number | null = null;

  /**
   * @param sentMs the sender's clock when the frame left
   * @param lagMs the sender's own `lagMs` of this link then, if it had one
   */
  take(receivedMs: number, sentMs: number, lagMs: number | undefined): void {
    this.lagsMs[this.next] = receivedMs - sentMs;
    this.next = (this.next + 1) % SAMPLES;
    if (lagMs !== undefined) this.theirLagMs = lagMs;
  }

  /** Of the frames that came lately, this clock less the sender's; null before the first. */
  get lagMs(): number | null {
    return this.lagsMs.length === 0 ? null : Math.min(...this.lagsMs);
  }

  /** Mean of the two directions; null before both are known. */
  get costMs(): number | null {
    const { lagMs, theirLagMs } = this;
    return lagMs === null || theirLagMs === null ? null : Math.max(0, (lagMs + theirLagMs) / 2);
  }
}
