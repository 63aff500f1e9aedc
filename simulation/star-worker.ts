// A worker of a simulated star, as `node/star/worker-node.ts`: takes in parameters as they come, computes once it has
// all of them and the data of its clock, and pushes its gradient piece by piece.

import type { Processor } from './processor.js';
import type { Bundle, WorkerCosts } from './star-costs.js';

export interface StarWorkerOptions {
  readonly costs: WorkerCosts;
  readonly bundles: readonly Bundle[];
  readonly localSteps: number;
  readonly processor: Processor;
  /** A piece of this clock's gradient, to the server. */
  push(bundle: number): void;
}

export class SimulatedWorker {
  private pushes = 0;
  private unpacked = 0;
  /** Clocks whose data are here, and frames of the next. */
  private dataClocks = 0;
  private dataFrames = 0;
  private isComputing = false;

  constructor(private readonly options: StarWorkerOptions) {
    if (options.costs.dataBytes.length === 0) this.dataClocks = Number.POSITIVE_INFINITY;
  }

  takeParameters(bundle: number): void {
    const { processor, costs, bundles } = this.options;
    processor.work(costs.copyMs((bundles[bundle] as Bundle).elements), () => {
      this.unpacked++;
      this.computeIfReady();
    });
  }

  takeData(): void {
    this.dataFrames++;
    if (this.dataFrames < this.options.costs.dataBytes.length) return;
    this.dataFrames = 0;
    this.dataClocks++;
    this.computeIfReady();
  }

  private computeIfReady(): void {
    const { processor, costs, bundles, localSteps } = this.options;
    const hasAll = this.unpacked === bundles.length && this.dataClocks > this.pushes;
    if (this.isComputing || !hasAll) return;
    this.isComputing = true;
    processor.work(localSteps * costs.stepMs, () => {
      this.isComputing = false;
      this.unpacked = 0;
      this.pushes++;
    });
    for (const [index, { elements }] of bundles.entries()) {
      processor.work(costs.copyMs(elements), () => this.options.push(index));
    }
  }
}
