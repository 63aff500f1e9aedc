// The server of a simulated star, as `node/star/server-node.ts`: sends what others wait for first, a piece packed once for
// all that wait for it, and otherwise takes in what was pushed; its stream (`master/star-stream.ts`) gives each worker
// its data ahead.

import type { StarSpec } from '../protocol/run-spec.js';
import type { SimulatedClock } from './clock.js';
import type { Processor } from './processor.js';
import type { Bundle, StarCosts } from './star-costs.js';
import { Pacing } from './star-pacing.js';

export interface StarServerOptions {
  readonly star: StarSpec;
  readonly costs: StarCosts;
  readonly clock: SimulatedClock;
  readonly processor: Processor;
  /** Samples of the whole run. */
  readonly samples: number;
  sendParameters(worker: number, bundle: number): void;
  /** All frames of one clock's data. */
  sendData(worker: number): void;
  /** So many samples have gone into the weights, in all. */
  onSamples(samples: number): void;
}

interface Pushed {
  readonly worker: number;
  readonly bundle: number;
}

/** A piece of parameters, for those that wait for it. */
export interface Sending {
  readonly bundle: number;
  readonly workers: readonly number[];
}

export class SimulatedServer {
  private readonly pushed: Pushed[] = [];
  private nextPushed = 0;
  private readonly sendings: Sending[] = [];
  private nextSending = 0;
  private readonly pacing: Pacing;
  /** Under `bsp`, of each piece: which workers' gradients are here, and how many are summed. */
  private readonly arrived: boolean[][];
  private readonly summed: number[];
  private isDeciding = false;

  constructor(private readonly options: StarServerOptions) {
    const { costs, star, samples, sendData, onSamples } = options;
    this.pacing = new Pacing({ costs, star, samples, sendData, onSamples, release: (all) => this.release(all) });
    this.arrived = costs.bundles.map(() => []);
    this.summed = costs.bundles.map(() => 0);
  }

  start(): void {
    this.pacing.start();
  }

  isGiven(worker: number, clock: number): boolean {
    return this.pacing.isGiven(worker, clock);
  }

  takeGradient(worker: number, bundle: number): void {
    this.pushed.push({ worker, bundle });
    this.decideSoon();
  }

  private release(sendings: readonly Sending[]): void {
    this.sendings.push(...sendings);
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
    if (this.nextSending < this.sendings.length) this.send(this.sendings[this.nextSending++] as Sending);
    else if (this.nextPushed < this.pushed.length) this.take(this.pushed[this.nextPushed++] as Pushed);
  }

  private during(durationMs: number, done: () => void): void {
    this.options.processor.work(durationMs, () => {
      done();
      this.decideSoon();
    });
  }

  private send({ bundle, workers }: Sending): void {
    const { costs, sendParameters } = this.options;
    this.during(costs.server.packMs(this.bundleAt(bundle).elements), () => {
      for (const worker of workers) sendParameters(worker, bundle);
    });
  }

  private take({ worker, bundle }: Pushed): void {
    if (bundle === 0) this.pacing.beginPush(worker);
    if (this.options.star.consistency === 'bsp') this.gather(worker, bundle);
    else this.apply(worker, bundle);
  }

  /** Adds what is due in the order of the positions, whoever comes first; the last one completes the piece. */
  private gather(worker: number, bundle: number): void {
    const { server } = this.options.costs;
    const sums = this.bundleAt(bundle);
    const arrived = this.arrived[bundle] as boolean[];
    arrived[worker] = true;
    let count = this.summed[bundle] as number;
    let takesMs = 0;
    for (; arrived[count]; count++) takesMs += server.gatherMs(sums, count > 0);
    this.summed[bundle] = count;
    const complete = this.completeWith(bundle);
    for (const each of complete) {
      takesMs += server.updateMs(this.bundleAt(each).elements);
      this.summed[each] = 0;
      this.arrived[each] = [];
    }
    this.during(takesMs, () => {
      this.pacing.arrivedAt(worker, bundle);
      for (const each of complete) this.pacing.completeForAll(each);
    });
  }

  /** Pieces that may change now: this one, or all of them where they change together. */
  private completeWith(bundle: number): number[] {
    const { bundles, isWhole, workers } = this.options.costs;
    const together = isWhole ? [...bundles.keys()] : [bundle];
    return together.every((each) => this.summed[each] === workers.length) ? together : [];
  }

  /** Under `ssp` and `asp` a push is a step of its own: piece by piece, or with its last piece as a whole. */
  private apply(worker: number, bundle: number): void {
    const { server, bundles, isWhole } = this.options.costs;
    const isLast = bundle === bundles.length - 1;
    const applied = isWhole ? (isLast ? bundles : []) : [this.bundleAt(bundle)];
    const msOf = (each: Bundle) => server.gatherMs(each, false) + server.updateMs(each.elements);
    const takesMs = applied.reduce((sum, each) => sum + msOf(each), 0);
    this.during(takesMs, () => {
      this.pacing.arrivedAt(worker, bundle);
      for (const _ of applied) this.pacing.completeFor(worker);
    });
  }

  private bundleAt(bundle: number): Bundle {
    return this.options.costs.bundles[bundle] as Bundle;
  }
}
