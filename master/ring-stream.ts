// The master's stream into the ring: sends the itinerary's items clockwise, as many as the ring's window admits,
// and sends on when one has come back. This is the backpressure: no board ever holds the data set.

import type { Batches, MicroBatch } from '../data/batches.js';
import type { RingPosition } from '../node/ring.js';
import type { Item, StepBoundary } from './itinerary.js';

export class RingStream {
  private next: IteratorResult<Item | StepBoundary, void>;
  private inFlight = 0;
  private paused = false;

  constructor(
    private readonly ring: RingPosition,
    private readonly items: Iterator<Item | StepBoundary, void>,
    private readonly batches: Batches,
  ) {
    this.next = items.next();
  }

  /** Whether nothing that was sent is still on its way. */
  get isIdle(): boolean {
    return this.inFlight === 0;
  }

  /** Sends what the window admits. */
  pump(): void {
    while (!this.next.done && this.inFlight < this.ring.streamWindow) {
      const item = this.next.value;
      if (item.kind !== 'boundary') this.send(item);
      else if (this.paused) return;
      this.next = this.items.next();
    }
  }

  /** An item has come back: a `done`, or an evaluation's result. */
  returned(): void {
    this.inFlight--;
    this.pump();
  }

  /** Holds the stream at the next step's beginning. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.pump();
  }

  private send(item: Item): void {
    if (item.kind === 'cut' || item.kind === 'collect') {
      this.ring.send(item);
      return;
    }
    const { step, micro } = item;
    const { data, targets, samples } = this.read(item);
    this.inFlight++;
    this.ring.deliver({ kind: 'targets', step, micro, training: item.kind === 'activation', samples, data: targets });
    this.ring.send({ kind: item.kind, step, micro, data });
  }

  private read({ kind, step, micro }: Extract<Item, { micro: number }>): MicroBatch {
    return kind === 'activation' ? this.batches.training(step, micro) : this.batches.evaluation(micro);
  }
}
