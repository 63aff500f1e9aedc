// A lamp that follows wishes as fast as is good for the board, and no faster: one write at a time, in Node's pool of
// threads, at most so many a second. A wish that comes meanwhile replaces the one before. What goes wrong is told once.

import type { Lamp } from './lamp.js';
import type { LightClock } from './light-clock.js';

/** At most 20 writes a second, however quickly patterns change. */
export const LEAST_GAP_MS = 50;
/** How long closing waits for a write that hangs. */
const PATIENCE_MS = 500;
/** How long a write that has left for another thread may take to be sure that it is not the last one. */
const IN_FLIGHT_MS = 20;

export class PacedLamp {
  private wanted = false;
  /** Null until it is known. */
  private shown: boolean | null = null;
  private writing: Promise<void> | null = null;
  private earliestMs = 0;
  private cancelWait: (() => void) | null = null;
  private closed = false;
  private told = false;

  /** @param onTrouble told the first fault of this lamp, which the others do not share */
  constructor(
    private readonly lamp: Lamp,
    private readonly clock: LightClock,
    private readonly onTrouble: (error: unknown) => void,
  ) {}

  get name(): string {
    return this.lamp.name;
  }

  want(lit: boolean): void {
    this.wanted = lit;
    this.follow();
  }

  async close(): Promise<void> {
    this.end();
    await this.atMost(this.writing ?? Promise.resolve());
    await this.atMost(this.lamp.close().catch((error) => this.tell(error)));
  }

  putOut(): void {
    this.end();
    if (this.writing) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, IN_FLIGHT_MS);
    this.lamp.putOut();
  }

  private end(): void {
    this.closed = true;
    this.cancelWait?.();
    this.cancelWait = null;
  }

  private follow(): void {
    if (this.closed || this.writing || this.cancelWait || this.wanted === this.shown) return;
    const nowMs = this.clock.nowMs();
    if (nowMs >= this.earliestMs) {
      this.write(nowMs);
      return;
    }
    this.cancelWait = this.clock.at(this.earliestMs, () => {
      this.cancelWait = null;
      this.follow();
    });
  }

  /** A write that failed counts as done: the next change is the next attempt. */
  private write(nowMs: number): void {
    this.earliestMs = nowMs + LEAST_GAP_MS;
    this.shown = this.wanted;
    this.writing = this.lamp
      .set(this.wanted)
      .catch((error) => this.tell(error))
      .then(() => {
        this.writing = null;
        this.follow();
      });
  }

  private tell(error: unknown): void {
    if (this.told) return;
    this.told = true;
    this.onTrouble(error);
  }

  private atMost(work: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.at(this.clock.nowMs() + PATIENCE_MS, resolve);
      work.finally(() => {
        cancel();
        resolve();
      });
    });
  }
}
