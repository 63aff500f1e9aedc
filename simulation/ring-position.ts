// A position of a simulated ring: the real schedule and the real measuring of the window (`node/ring-timing.ts`, decision
// 14), on a processor and links of which only the time is real. It does what `node/ring-node.ts` does with tensors.

import { RingTiming } from '../node/ring-timing.js';
import type { NodeView, Schedule } from '../node/schedules/schedule.js';
import type { FrameTiming } from '../protocol/frame.js';
import type { SimulatedClock } from './clock.js';
import type { Processor } from './processor.js';
import type { RingStage } from './ring-stages.js';

export interface MicroBatch {
  readonly step: number;
  readonly timing: FrameTiming;
}

export interface RingPositionOptions {
  readonly position: number;
  /** Boards in the ring. */
  readonly workers: number;
  readonly schedule: Schedule;
  readonly microBatches: number;
  /** Planned. */
  readonly window: number;
  readonly stage: RingStage;
  /** Of a frame to the clockwise neighbour that meets no other, mean of both directions. */
  readonly linkMs: number;
  readonly clock: SimulatedClock;
  readonly processor: Processor;
  /** To the clockwise neighbour. */
  sendForward(microBatch: MicroBatch): void;
  /** To the anticlockwise neighbour: from position 1 the word `done`. */
  sendBackward(microBatch: MicroBatch): void;
  onUpdated(step: number): void;
}

export class SimulatedRingPosition {
  readonly timing: RingTiming;
  private readonly forwards: MicroBatch[] = [];
  private readonly gradients: MicroBatch[] = [];
  private readonly seconds = { forward: 0, backward: 0, update: 0 };
  private readonly counts = { forward: 0, backward: 0, update: 0 };
  private previous: NodeView['previous'] = null;
  private version = 0;
  private inFlight = 0;
  private backwardsDone = 0;
  private window: number;
  private isDeciding = false;

  constructor(private readonly options: RingPositionOptions) {
    const { position, workers, window, schedule, microBatches, clock, linkMs } = options;
    this.window = window;
    this.timing = new RingTiming({
      position,
      workers,
      activity: { seconds: this.seconds, counts: this.counts },
      window,
      cap: schedule.maxWindow(microBatches),
      microBatches,
      linkMs: () => linkMs,
      onWindow: (size) => {
        this.window = size;
        this.decideSoon();
      },
      now: () => clock.nowMs,
    });
  }

  takeForward(microBatch: MicroBatch): void {
    this.timing.incoming('activation', microBatch.timing);
    this.forwards.push(microBatch);
    this.decideSoon();
  }

  takeGradient(microBatch: MicroBatch): void {
    this.timing.incoming('gradient', microBatch.timing);
    this.gradients.push(microBatch);
    this.decideSoon();
  }

  /** When all that arrives at this moment is there. */
  private decideSoon(): void {
    if (this.isDeciding || !this.options.processor.isIdle) return;
    this.isDeciding = true;
    this.options.clock.atLast(() => {
      this.isDeciding = false;
      this.decide();
    });
  }

  private decide(): void {
    const { schedule, stage } = this.options;
    const action = schedule.next(this.view());
    if (action === 'forward') this.during('forward', stage.forwardMs, this.forwards.shift() as MicroBatch);
    if (action === 'backward') this.during('backward', stage.backwardMs, this.gradients.shift() as MicroBatch);
    if (action === 'update') this.during('update', stage.updateMs, { step: this.version, timing: {} });
  }

  private view(): NodeView {
    const head = this.forwards[0];
    return {
      previous: this.previous,
      version: this.version,
      inFlight: this.inFlight,
      backwardsDone: this.backwardsDone,
      microBatches: this.options.microBatches,
      window: this.window,
      nextForward: head === undefined ? null : { step: head.step, training: true },
      gradientWaits: this.gradients.length > 0,
    };
  }

  private during(action: 'forward' | 'backward' | 'update', durationMs: number, { step }: MicroBatch): void {
    if (action !== 'update') this.previous = action;
    this.options.processor.work(durationMs, () => {
      this.seconds[action] += durationMs / 1000;
      this.counts[action]++;
      if (action === 'forward') this.forwarded(step);
      else if (action === 'backward') this.propagated(step);
      else this.updated(step);
      this.decideSoon();
    });
  }

  private forwarded(step: number): void {
    this.inFlight++;
    if (this.options.position === 0) this.gradients.push({ step, timing: {} });
    else this.options.sendForward({ step, timing: this.timing.outgoing('activation') });
  }

  private propagated(step: number): void {
    this.inFlight--;
    this.backwardsDone++;
    this.options.sendBackward({ step, timing: this.timing.outgoing('gradient') });
  }

  private updated(step: number): void {
    this.version++;
    this.backwardsDone = 0;
    this.options.onUpdated(step);
  }
}
