// Who of a simulated star may have parameters, and who gets data: the clocks of the workers. A worker's goal is the clock
// that it is to have parameters for: one more once these are released and its next push begins to come in.

import { clocksAhead, clocksBeyond, mayProceed } from '../node/consistency.js';
import type { StarSpec } from '../protocol/run-spec.js';
import type { StarCosts } from './star-costs.js';
import type { Sending } from './star-server.js';

export interface PacingOptions {
  readonly star: StarSpec;
  readonly costs: StarCosts;
  readonly samples: number;
  sendData(worker: number): void;
  onSamples(samples: number): void;
  /** These pieces may go, in this order. */
  release(sendings: readonly Sending[]): void;
}

interface WorkerClock {
  readonly samples: number;
  /** Pushes taken in. */
  clock: number;
  /** Pushes that have begun to come in. */
  begun: number;
  goal: number;
  /** Clocks that it has data for. */
  given: number;
  /** Pieces of its pushes that are in the weights, over all its clocks. */
  applied: number;
  /** Pieces of the goal's parameters that were released. */
  released: number;
}

export class Pacing {
  private readonly workers: readonly WorkerClock[];
  private readonly bundles: number;
  private readonly ahead: number;
  private readonly beyond: number;
  private supplied = 0;
  private applied = 0;
  private slowest = 0;
  private slowestCount: number;

  constructor(private readonly options: PacingOptions) {
    this.workers = options.costs.workers.map(({ samples }) => {
      return { samples, clock: 0, begun: 0, goal: 0, given: 0, applied: 0, released: 0 };
    });
    this.bundles = options.costs.bundles.length;
    this.ahead = clocksAhead(options.star);
    this.beyond = clocksBeyond(options.star);
    this.slowestCount = this.workers.length;
  }

  /** The first data and parameters for everybody. */
  start(): void {
    for (let ahead = 0; ahead < this.ahead; ahead++) for (const index of this.workers.keys()) this.give(index);
    this.releaseAll([...this.workers.keys()]);
  }

  beginPush(worker: number): void {
    const own = this.at(worker);
    own.begun++;
    this.advance(own);
  }

  isGiven(worker: number, clock: number): boolean {
    return clock < this.at(worker).given;
  }

  /** A worker that is ahead of its parameters may push while some of them are still held back. */
  private advance(own: WorkerClock): void {
    if (own.released < this.bundles || own.begun === own.goal) return;
    own.goal++;
    own.released = 0;
  }

  /** A piece of a push is in; with the last one the push is. */
  arrivedAt(worker: number, bundle: number): void {
    if (bundle < this.bundles - 1) return;
    const own = this.at(worker);
    own.clock++;
    this.applied += own.samples;
    this.options.onSamples(this.applied);
    this.noteSlowest();
    this.supply(worker);
    if (this.options.star.consistency === 'ssp') this.releaseReady([...this.workers.keys()]);
  }

  /** `bsp`: a piece has changed, which all wait for. */
  completeForAll(bundle: number): void {
    const going = [...this.workers.keys()].filter((index) => this.hasData(this.at(index)));
    for (const index of going) this.at(index).released = bundle + 1;
    if (going.length > 0) this.options.release([{ bundle, workers: going }]);
  }

  completeFor(worker: number): void {
    this.at(worker).applied++;
    this.releaseReady([worker]);
  }

  /** Also the pieces that the bound held back, once the slowest is further on; each to all at once that wait for it. */
  private releaseReady(workers: readonly number[]): void {
    const going = workers.filter((index) => this.at(index).released < this.readyFor(index) && this.mayGoOn(index));
    if (going.length === 0) return;
    const ready = new Map(going.map((index) => [index, this.readyFor(index)]));
    const readyOf = (index: number) => ready.get(index) as number;
    const first = Math.min(...going.map((index) => this.at(index).released));
    const end = Math.max(...ready.values());
    const waits = (index: number, bundle: number) => this.at(index).released <= bundle && bundle < readyOf(index);
    const sendings = Array.from({ length: end - first }, (_, place) => {
      return { bundle: first + place, workers: going.filter((index) => waits(index, first + place)) };
    });
    for (const index of going) this.at(index).released = readyOf(index);
    this.options.release(sendings.filter((sending) => sending.workers.length > 0));
    for (const index of going) this.advance(this.at(index));
    this.releaseReady(going);
  }

  /** Pieces that hold its own push before the goal. */
  private readyFor(worker: number): number {
    const { applied, goal } = this.at(worker);
    return Math.min(this.bundles, applied - (goal - 1) * this.bundles);
  }

  private releaseAll(workers: readonly number[]): void {
    for (const index of workers) this.at(index).released = this.bundles;
    this.options.release(this.options.costs.bundles.map((_, bundle) => ({ bundle, workers })));
  }

  private mayGoOn(worker: number): boolean {
    const { consistency, staleness } = this.options.star;
    const own = this.at(worker);
    return this.hasData(own) && mayProceed(own.goal + this.beyond, [this.slowestOther(own)], consistency, staleness);
  }

  private hasData({ given, goal }: WorkerClock): boolean {
    return given > goal;
  }

  private slowestOther(own: WorkerClock): number {
    if (this.slowestCount > 1 || own.clock > this.slowest) return this.slowest;
    return this.workers.reduce((least, each) => (each === own ? least : Math.min(least, each.clock)), Infinity);
  }

  private noteSlowest(): void {
    this.slowest = this.workers.reduce((least, { clock }) => Math.min(least, clock), Infinity);
    this.slowestCount = this.workers.filter(({ clock }) => clock === this.slowest).length;
  }

  /** Under `bsp` all get their data of a clock together. */
  private supply(worker: number): void {
    if (this.options.star.consistency !== 'bsp') this.give(worker);
    else if (this.workers.every(({ given, clock }) => given - clock < this.ahead)) {
      for (const index of this.workers.keys()) this.give(index);
    }
  }

  private give(worker: number): void {
    if (this.supplied >= this.options.samples) return;
    const own = this.at(worker);
    own.given++;
    this.supplied += own.samples;
    this.options.sendData(worker);
  }

  private at(worker: number): WorkerClock {
    return this.workers[worker] as WorkerClock;
  }
}
