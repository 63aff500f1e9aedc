// A worker of a simulated star, as `node/star/worker-node.ts`: takes in parameters as they come, or as a whole where it
// can go on without them, computes with them and the data of its clock, and pushes its gradient piece by piece.

import type { Processor } from './processor.js';
import type { Bundle, WorkerCosts } from './star-costs.js';

export interface StarWorkerOptions {
  readonly costs: WorkerCosts;
  readonly bundles: readonly Bundle[];
  readonly localSteps: number;
  /** Clocks that it may be ahead of its parameters. */
  readonly beyond: number;
  readonly processor: Processor;
  /** Whether it is to compute that clock: the data are not endless, even if they are the worker's own. */
  isGiven(clock: number): boolean;
  /** A piece of this clock's gradient, to the server. */
  push(bundle: number): void;
}

export class SimulatedWorker {
  private pushes = 0;
  /** Pieces of parameters that are here; how many of the next ones are unpacked, and the clock of the last whole ones. */
  private readonly arrived: number[] = [];
  private unpacked = 0;
  private basis = -1;
  /** Clocks whose data are here, and frames of the next. */
  private dataClocks = 0;
  private dataFrames = 0;
  private isBusy = false;

  constructor(private readonly options: StarWorkerOptions) {
    if (options.costs.dataBytes.length === 0) this.dataClocks = Number.POSITIVE_INFINITY;
  }

  takeParameters(bundle: number): void {
    this.arrived.push(bundle);
    this.decide();
  }

  takeData(): void {
    this.dataFrames++;
    if (this.dataFrames < this.options.costs.dataBytes.length) return;
    this.dataFrames = 0;
    this.dataClocks++;
    this.decide();
  }

  private get hasWeights(): boolean {
    const { beyond, isGiven } = this.options;
    const until = this.basis + 1 + beyond;
    return this.unpacked === 0 && this.basis >= 0 && this.pushes < until && isGiven(this.pushes);
  }

  private decide(): void {
    if (this.isBusy) return;
    const { hasWeights } = this;
    if (this.arrived.length >= (hasWeights ? this.options.bundles.length : 1))
      this.load(this.arrived.shift() as number);
    else if (hasWeights && this.dataClocks > this.pushes) this.compute();
  }

  private load(bundle: number): void {
    const { processor, costs, bundles } = this.options;
    this.isBusy = true;
    const keepMs = this.unpacked === bundles.length - 1 ? costs.keepMs : 0;
    processor.work(costs.unpackMs((bundles[bundle] as Bundle).elements) + keepMs, () => {
      if (++this.unpacked === bundles.length) {
        this.unpacked = 0;
        this.basis++;
      }
      this.goOn();
    });
  }

  private compute(): void {
    const { processor, costs, bundles, localSteps } = this.options;
    this.isBusy = true;
    processor.work(localSteps * costs.stepMs, () => this.pushes++);
    for (const [index, bundle] of bundles.entries()) {
      processor.work(costs.packMs(bundle), () => {
        this.options.push(index);
        if (index === bundles.length - 1) this.goOn();
      });
    }
  }

  private goOn(): void {
    this.isBusy = false;
    this.decide();
  }
}
