// A star in simulated time (decision 17): the master is the server, each board a worker with a whole replica.
// Evaluations are left out.

import { clocksBeyond } from '../node/consistency.js';
import type { StarSpec } from '../protocol/run-spec.js';
import { SimulatedClock } from './clock.js';
import { SimulatedNetwork } from './network.js';
import { Processor } from './processor.js';
import { type Mark, markOf, resultOf, type Simulated } from './result.js';
import { type StarScenario, starDuration } from './scenario.js';
import { type Bundle, type StarCosts, starCosts, type WorkerCosts } from './star-costs.js';
import { SimulatedServer } from './star-server.js';
import { SimulatedWorker } from './star-worker.js';

/** Behind what is measured, so that the end, when some have no samples any more, is not. */
const COOL_DOWN_CLOCKS = 2;

export function simulateStar(scenario: StarScenario): Simulated {
  const { spec, machines, duration = starDuration(scenario) } = scenario;
  const { batch } = spec.training;
  // All workers together take so many samples in a clock.
  const clock = batch * spec.star.localSteps;
  const [warmUp, end] = [duration.warmUp * clock, (duration.warmUp + duration.measured) * clock];
  const marks: Mark[] = [];
  const simulation = new StarSimulation(scenario, end + COOL_DOWN_CLOCKS * clock, (samples, take) => {
    if (samples >= (marks.length === 0 ? warmUp : end) && marks.length < 2) marks.push(take());
  });
  simulation.run();
  const [from, to] = marks as [Mark, Mark];
  const { appliedSamples: allSamples, network } = simulation;
  return resultOf({ from, to, batch, allSamples }, machines, network);
}

type OnSamples = (samples: number, take: () => Mark) => void;

class StarSimulation {
  readonly network: SimulatedNetwork;
  appliedSamples = 0;
  private readonly clock = new SimulatedClock();
  private readonly processors: readonly Processor[];
  private readonly server: SimulatedServer;
  private readonly workers: readonly SimulatedWorker[];
  private readonly costs: StarCosts;

  constructor(
    scenario: StarScenario,
    samples: number,
    private readonly onSamples: OnSamples,
  ) {
    const { spec, machines, hub } = scenario;
    this.costs = starCosts(scenario);
    this.network = new SimulatedNetwork(this.clock, machines, hub);
    this.processors = machines.map(() => new Processor(this.clock));
    this.server = new SimulatedServer({
      star: spec.star,
      costs: this.costs,
      clock: this.clock,
      samples,
      processor: this.processors[0] as Processor,
      sendParameters: (worker, bundle) => this.sendParameters(worker, bundle),
      sendData: (worker) => this.sendData(worker),
      onSamples: (all) => this.take(all),
    });
    this.workers = this.costs.workers.map((own, index) => this.newWorker(own, index, spec.star));
  }

  run(): void {
    this.server.start();
    this.clock.run();
  }

  private newWorker(costs: WorkerCosts, index: number, star: StarSpec): SimulatedWorker {
    const { bundles } = this.costs;
    const { localSteps } = star;
    const beyond = clocksBeyond(star);
    return new SimulatedWorker({
      costs,
      bundles,
      localSteps,
      beyond,
      processor: this.processors[index + 1] as Processor,
      isGiven: (clock) => this.server.isGiven(index, clock),
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
