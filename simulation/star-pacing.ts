// Who of a simulated star may have parameters, and who gets data: the clocks of the workers. A worker's goal is the clock
// that it is to have parameters for: one more as soon as a push of it begins to come in.

import { mayProceed } from '../node/consistency.js';
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
  goal: number;
  /** Clocks that it has data for. */
  given: number;
  /** Pieces of the goal's parameters that are ready, and those of them that were released. */
  ready: number;
  released: number;
}

/** Clocks that a worker has data for beyond those that it has pushed. */
const AHEAD = 2;

export class Pacing {
  private readonly workers: readonly WorkerClock[];
  private readonly lastBundle: number;
  private supplied = 0;
  private applied = 0;
  private slowest = 0;
  private slowestCount: number;

  constructor(private readonly options: PacingOptions) {
    this.workers = options.costs.workers.map(({ samples }) => {
      return { samples, clock: 0, goal: 0, given: 0, ready: 0, released: 0 };
    });
    this.lastBundle = options.costs.bundles.length - 1;
    this.slowestCount = this.workers.length;
  }

  /** Data for two clocks, and the first parameters for everybody. */
  start(): void {
    for (let ahead = 0; ahead < AHEAD; ahead++) for (const index of this.workers.keys()) this.give(index);
    this.releaseAll([...this.workers.keys()]);
  }

  beginPush(worker: number): void {
    const own = this.at(worker);
    own.goal++;
    own.ready = own.released = 0;
  }

  /** A piece of a push is in; with the last one the push is. */
  arrivedAt(worker: number, bundle: number): void {
    if (bundle < this.lastBundle) return;
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
    if (going.length > 0) this.options.release([{ bundle, workers: going }]);
  }

  completeFor(worker: number, bundle: number): void {
    this.at(worker).ready = bundle + 1;
    this.releaseReady([worker]);
  }

  /** Also the pieces that the bound held back, once the slowest is further on; each to all at once that wait for it. */
  private releaseReady(workers: readonly number[]): void {
    const going = workers.filter((index) => this.at(index).released < this.at(index).ready && this.mayGoOn(index));
    if (going.length === 0) return;
    const first = Math.min(...going.map((index) => this.at(index).released));
    const end = Math.max(...going.map((index) => this.at(index).ready));
    const waits = (index: number, bundle: number) => this.at(index).released <= bundle && bundle < this.at(index).ready;
    const sendings = Array.from({ length: end - first }, (_, place) => {
      return { bundle: first + place, workers: going.filter((index) => waits(index, first + place)) };
    });
    for (const index of going) this.at(index).released = this.at(index).ready;
    this.options.release(sendings.filter((sending) => sending.workers.length > 0));
  }

  private releaseAll(workers: readonly number[]): void {
    for (const index of workers) this.at(index).released = this.lastBundle + 1;
    this.options.release(this.options.costs.bundles.map((_, bundle) => ({ bundle, workers })));
  }

  private mayGoOn(worker: number): boolean {
    const { consistency, staleness } = this.options.star;
    const own = this.at(worker);
    return this.hasData(own) && mayProceed(own.goal, [this.slowestOther(own)], consistency, staleness);
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
    else if (this.workers.every(({ given, clock }) => given - clock < AHEAD)) {
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
