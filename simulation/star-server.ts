// The server of a simulated star: sums and updates piece by piece, says who may go on, and sends parameters, and the
// data of the clock after them.

import { mayProceed } from '../node/consistency.js';
import type { StarSpec } from '../protocol/run-spec.js';
import type { Processor } from './processor.js';
import type { Bundle, StarCosts } from './star-costs.js';

export interface StarServerOptions {
  readonly star: StarSpec;
  readonly costs: StarCosts;
  readonly processor: Processor;
  /** Samples of the whole run. */
  readonly samples: number;
  sendParameters(worker: number, bundle: number): void;
  /** All frames of one clock's data. */
  sendData(worker: number): void;
  /** So many samples have gone into the weights, in all. */
  onSamples(samples: number): void;
}

export class SimulatedServer {
  /** Pushes of each worker that are wholly in the weights. */
  private readonly clocks: number[];
  /** Clocks for which each worker has had parameters. */
  private readonly granted: number[];
  /** Clocks for which there are samples. */
  private readonly supplied: number[];
  /** Pieces of the push under way that are in the weights, by worker. */
  private readonly applied: number[];
  /** Under `bsp`, of the clock under way: which workers' gradients of each piece are here, and how many are summed. */
  private readonly arrived: boolean[][];
  private readonly summed: number[];
  private updatedBundles = 0;
  private suppliedSamples = 0;
  private appliedSamples = 0;

  constructor(private readonly options: StarServerOptions) {
    const { workers, bundles } = options.costs;
    this.clocks = workers.map(() => 0);
    this.granted = workers.map(() => 0);
    this.supplied = workers.map(() => 0);
    this.applied = workers.map(() => 0);
    this.arrived = bundles.map(() => []);
    this.summed = bundles.map(() => 0);
  }

  /** The first data, the first parameters, and the data after them. */
  start(): void {
    for (const worker of this.clocks.keys()) this.supply(worker);
    for (const bundle of this.options.costs.bundles.keys()) this.send(bundle, [...this.clocks.keys()]);
    for (const worker of this.clocks.keys()) this.grantNext(worker);
  }

  takeGradient(worker: number, bundle: number): void {
    if (this.options.star.consistency === 'bsp') this.takeForSum(worker, bundle);
    else this.apply(worker, bundle);
  }

  private takeForSum(worker: number, bundle: number): void {
    const { processor, costs } = this.options;
    const { elements } = costs.bundles[bundle] as Bundle;
    processor.work(costs.server.unpackMs(elements), () => {
      const arrived = this.arrived[bundle] as boolean[];
      arrived[worker] = true;
      // In the order of the positions, whoever comes first.
      while (arrived[this.summed[bundle] as number]) {
        this.summed[bundle] = (this.summed[bundle] as number) + 1;
        processor.work(costs.server.sumMs(elements), () => undefined);
      }
      if (this.summed[bundle] === this.clocks.length) this.update(bundle);
    });
  }

  /** Of a piece that is summed over all workers: it is sent on by itself. */
  private update(bundle: number): void {
    const { processor, costs } = this.options;
    this.summed[bundle] = 0;
    this.arrived[bundle] = [];
    processor.work(costs.server.updateMs((costs.bundles[bundle] as Bundle).elements), () => {
      const going = [...this.clocks.keys()].filter((worker) =>
        this.hasSamples(worker, (this.clocks[worker] as number) + 1),
      );
      this.send(bundle, going);
      if (++this.updatedBundles === costs.bundles.length) this.completeClock(going);
    });
  }

  private completeClock(going: readonly number[]): void {
    this.updatedBundles = 0;
    for (const [worker, { samples }] of this.options.costs.workers.entries()) {
      this.clocks[worker] = (this.clocks[worker] as number) + 1;
      this.appliedSamples += samples;
    }
    this.options.onSamples(this.appliedSamples);
    for (const worker of going) this.grantNext(worker);
  }

  /** Under `ssp` and `asp` a push is a step of its own. */
  private apply(worker: number, bundle: number): void {
    const { processor, costs } = this.options;
    const { elements } = costs.bundles[bundle] as Bundle;
    processor.work(costs.server.unpackMs(elements) + costs.server.updateMs(elements), () => {
      this.applied[worker] = (this.applied[worker] as number) + 1;
      if (this.applied[worker] === costs.bundles.length) this.completePush(worker);
    });
  }

  private completePush(worker: number): void {
    this.applied[worker] = 0;
    this.clocks[worker] = (this.clocks[worker] as number) + 1;
    this.appliedSamples += (this.options.costs.workers[worker] as { samples: number }).samples;
    this.options.onSamples(this.appliedSamples);
    const slowest = this.clocks.reduce((least, clock) => Math.min(least, clock));
    for (const waiting of this.clocks.keys()) this.grantIfAllowed(waiting, slowest);
  }

  private grantIfAllowed(worker: number, slowest: number): void {
    const { consistency, staleness } = this.options.star;
    const clock = this.clocks[worker] as number;
    const isWaiting = this.granted[worker] === clock && this.hasSamples(worker, clock);
    if (!isWaiting || !mayProceed(clock, [slowest], consistency, staleness)) return;
    for (const bundle of this.options.costs.bundles.keys()) this.send(bundle, [worker]);
    this.grantNext(worker);
  }

  private send(bundle: number, workers: readonly number[]): void {
    const { processor, costs, sendParameters } = this.options;
    const { elements } = costs.bundles[bundle] as Bundle;
    for (const worker of workers) processor.work(costs.server.packMs(elements), () => sendParameters(worker, bundle));
  }

  /** Parameters are on their way: so are the data for the clock behind, as long as there are some. */
  private grantNext(worker: number): void {
    this.granted[worker] = (this.granted[worker] as number) + 1;
    this.supply(worker);
  }

  private supply(worker: number): void {
    const { costs, samples, processor, sendData } = this.options;
    if (this.suppliedSamples >= samples) return;
    this.suppliedSamples += (costs.workers[worker] as { samples: number }).samples;
    this.supplied[worker] = (this.supplied[worker] as number) + 1;
    processor.work(0, () => sendData(worker)); // behind the parameters that are being packed
  }

  private hasSamples(worker: number, clock: number): boolean {
    return (this.supplied[worker] as number) > clock;
  }
}
