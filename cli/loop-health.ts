// Whether the main loop still turns in time, by the ticks of a timer that it serves: one that comes late was held up.

export interface LoopHealthOptions {
  /** From one tick to the next, if nothing holds the loop up. */
  readonly everyMs: number;
  /** How late a tick may be. */
  readonly toleranceMs: number;
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number;
}

export class LoopHealth {
  readonly #options: LoopHealthOptions;
  #dueMs: number;

  constructor(options: LoopHealthOptions) {
    this.#options = options;
    this.#dueMs = options.now() + options.everyMs;
  }

  /**
   * To be called at each tick.
   * @returns whether this one came in time
   */
  tick(): boolean {
    const { everyMs, toleranceMs, now } = this.#options;
    const nowMs = now();
    const lateMs = nowMs - this.#dueMs;
    this.#dueMs = nowMs + everyMs;
    return lateMs <= toleranceMs;
  }
}
