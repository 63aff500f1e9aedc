// A star in simulated time (decision 17): the master is the server, each board a worker with a whole replica.
// Evaluations are left out.

import { SimulatedClock } from './clock.js';
import { SimulatedNetwork } from './network.js';
import { Processor } from './processor.js';
import { type Mark, markOf, resultOf, type Simulated } from './result.js';
import { type Scenario, STAR_DURATION } from './scenario.js';
import { sharesOf } from './shares.js';
import { type Bundle, type StarCosts, starCosts, type WorkerCosts } from './star-costs.js';
import { SimulatedServer } from './star-server.js';
import { SimulatedWorker } from './star-worker.js';

export interface SimulatedStar extends Simulated {
  /** Samples of each worker in each of its steps. */
  readonly shares: readonly number[];
}

/** Behind what is measured, so that the end, when some have no samples any more, is not. */
const COOL_DOWN_CLOCKS = 2;

/** @throws CapacityError when there are more workers than samples in a batch */
export function simulateStar(scenario: Scenario): SimulatedStar {
  const { spec, machines, duration = STAR_DURATION } = scenario;
  const [, ...workers] = machines;
  const shares = sharesOf(
    spec,
    workers.map(({ gflops }) => gflops),
  );
  const { batch } = spec.training;
  // All workers together take so many samples in a clock.
  const clock = batch * spec.star.localSteps;
  const [warmUp, end] = [duration.warmUp * clock, (duration.warmUp + duration.measured) * clock];
  const marks: Mark[] = [];
  const simulation = new StarSimulation(
    scenario,
    starCosts(scenario, shares),
    end + COOL_DOWN_CLOCKS * clock,
    (samples, take) => {
      if (samples >= (marks.length === 0 ? warmUp : end) && marks.length < 2) marks.push(take());
    },
  );
  simulation.run();
  const [from, to] = marks as [Mark, Mark];
  const { appliedSamples: allSamples, network } = simulation;
  return { ...resultOf({ from, to, batch, allSamples }, machines, network), shares };
}

type OnSamples = (samples: number, take: () => Mark) => void;

class StarSimulation {
  readonly network: SimulatedNetwork;
  appliedSamples = 0;
  private readonly clock = new SimulatedClock();
  private readonly processors: readonly Processor[];
  private readonly server: SimulatedServer;
  private readonly workers: readonly SimulatedWorker[];

  constructor(
    { spec, machines, hub }: Scenario,
    private readonly costs: StarCosts,
    samples: number,
    private readonly onSamples: OnSamples,
  ) {
    this.network = new SimulatedNetwork(this.clock, machines, hub);
    this.processors = machines.map(() => new Processor(this.clock));
    this.server = new SimulatedServer({
      star: spec.star,
      costs,
      samples,
      processor: this.processors[0] as Processor,
      sendParameters: (worker, bundle) => this.sendParameters(worker, bundle),
      sendData: (worker) => this.sendData(worker),
      onSamples: (all) => this.take(all),
    });
    this.workers = costs.workers.map((own, index) => this.newWorker(own, index));
  }

  run(): void {
    this.server.start();
    this.clock.run();
  }

  private newWorker(costs: WorkerCosts, index: number): SimulatedWorker {
    const { bundles } = this.costs;
    return new SimulatedWorker({
      costs,
      bundles,
      processor: this.processors[index + 1] as Processor,
      push: (bundle) => {
        const { gradientBytes } = bundles[bundle] as Bundle;
        this.network.send(index + 1, 0, gradientBytes, () => this.server.takeGradient(index, bundle));
      },
    });
  }

  private sendParameters(worker: number, bundle: number): void {
    const { parameterBytes } = this.costs.bundles[bundle] as Bundle;
    this.network.send(0, worker + 1, parameterBytes, () => this.workers[worker]?.takeParameters(bundle));
  }

  private sendData(worker: number): void {
    for (const bytes of (this.costs.workers[worker] as WorkerCosts).dataBytes) {
      this.network.send(0, worker + 1, bytes, () => this.workers[worker]?.takeData());
    }
  }

  private take(samples: number): void {
    this.appliedSamples = samples;
    this.onSamples(samples, () => markOf(this.clock, this.processors, samples));
  }
}
