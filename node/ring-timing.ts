// How a position comes to its window without a scheduler: measurements travel with the frames. Gradients
// tell anticlockwise what lies behind them, activations clockwise the ring's period, which the master works
// out when `done` closes the ring.

import type { FrameKind, FrameTiming } from '../protocol/frame.js';
import { ComputePace, type Paced } from './compute-pace.js';
import { HeldWindow } from './held-window.js';
import { PeriodMeter } from './period-meter.js';
import { windowOf } from './schedules/window.js';

export interface RingTimingOptions {
  readonly position: number;
  /** Boards in the ring. */
  readonly workers: number;
  readonly activity: Paced;
  /** The planned window, which holds until there are measurements. */
  readonly window: number;
  /** The largest that the schedule allows. */
  readonly cap: number;
  /** Micro-batches of a step. */
  readonly microBatches: number;
  /** What a message costs on the link to the clockwise neighbour, as far as it is known. */
  linkMs(): number | null;
  onWindow(window: number): void;
  now(): number;
}

/** What lies behind a position: its own work, and that of all between it and the loss. */
interface Behind {
  readonly roundTripMs: number;
  readonly slowestMs: number;
  readonly slowestLinkMs: number;
}

export class RingTiming {
  private readonly compute: ComputePace;
  private readonly period: PeriodMeter;
  private readonly held: HeldWindow;
  private readonly heldStream: HeldWindow;
  private ownMs: number | null = null;
  private behind: Behind | null = null;
  private periodMs: number | null = null;

  constructor(private readonly options: RingTimingOptions) {
    const { activity, window, cap, microBatches, now } = options;
    this.compute = new ComputePace(activity);
    this.period = new PeriodMeter(microBatches, now);
    this.held = new HeldWindow(Math.min(window, cap));
    this.heldStream = new HeldWindow(cap + 1);
  }

  /** Micro-batches that this node admits. */
  get window(): number {
    return this.held.size;
  }

  /** Micro-batches that the master streams before the first has come back. */
  get streamWindow(): number {
    return this.heldStream.size;
  }

  /** f + g of this node. */
  get microBatchMs(): number | null {
    return this.ownMs;
  }

  /** What a frame of this kind tells the neighbour that it goes to. */
  outgoing(kind: FrameKind): FrameTiming {
    if (kind === 'activation') return this.periodMs === null ? {} : { period: this.periodMs };
    if (kind !== 'gradient' && kind !== 'done') return {};
    this.measureOwn();
    if (this.behind === null) return {};
    const { roundTripMs, slowestMs, slowestLinkMs } = this.behind;
    return { behind: roundTripMs, slowest: slowestMs, link: slowestLinkMs };
  }

  /** Takes in what a neighbour's frame tells. */
  incoming(kind: FrameKind, { behind, slowest, link, period }: FrameTiming): void {
    if (period !== undefined && this.options.position !== 0) this.periodMs = period;
    if (kind === 'done') this.period.completed();
    if (behind === undefined || slowest === undefined || link === undefined) return;
    const told: Behind = { roundTripMs: behind, slowestMs: slowest, slowestLinkMs: link };
    if (kind === 'done') this.closeRing(told);
    else this.behind = this.withOwn(told);
  }

  private measureOwn(): void {
    this.ownMs = this.compute.measure();
    if (this.ownMs === null) return;
    // The way back begins at the master: nothing lies behind its stage.
    if (this.options.position === 0) {
      this.behind = { roundTripMs: this.ownMs, slowestMs: this.ownMs, slowestLinkMs: 0 };
    }
    this.adapt();
  }

  private withOwn(told: Behind): Behind | null {
    const { ownMs } = this;
    const linkMs = this.options.linkMs();
    if (ownMs === null || linkMs === null) return null;
    return {
      roundTripMs: ownMs + 2 * linkMs + told.roundTripMs,
      slowestMs: Math.max(ownMs, told.slowestMs),
      slowestLinkMs: Math.max(linkMs, told.slowestLinkMs),
    };
  }

  /** At the master: the whole ring lies behind the stream. */
  private closeRing(told: Behind): void {
    const linkMs = this.options.linkMs();
    if (linkMs === null) return;
    const slowestLinkMs = Math.max(linkMs, told.slowestLinkMs);
    // A link may carry several messages at once: a ring that is faster than its c shows that this one does.
    this.periodMs = Math.max(told.slowestMs, Math.min(slowestLinkMs, this.period.averageMs ?? slowestLinkMs));
    if (!(this.periodMs > 0)) return; // faster than the clock: no quotient says anything
    const { cap, workers } = this.options;
    const pace = { roundTripMs: told.roundTripMs + 2 * linkMs, periodMs: this.periodMs };
    this.heldStream.take(windowOf(pace, cap + Math.ceil((2 * linkMs) / this.periodMs) + 1, workers + 1));
  }

  private adapt(): void {
    const { behind, periodMs } = this;
    if (behind === null || periodMs === null) return;
    const { position, workers, cap } = this.options;
    // What arrives while a stage computes waits for it: at each stage on the way one may.
    const stages = position === 0 ? 1 : workers + 1 - position;
    const asked = windowOf({ roundTripMs: behind.roundTripMs, periodMs }, cap, 1 + stages);
    if (this.held.take(asked)) this.options.onWindow(this.held.size);
  }
}
