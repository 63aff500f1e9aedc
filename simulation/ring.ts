// A ring in simulated time: the master streams as its window admits, the positions do what their schedules say, and
// position 1 closes the ring. Evaluations are left out.

import type { Range } from '../compute/partition.js';
import { scheduleOf } from '../node/schedules/schedules.js';
import { StreamQueue } from '../node/stream-queue.js';
import { SimulatedClock } from './clock.js';
import { SimulatedNetwork } from './network.js';
import { Processor } from './processor.js';
import { type Mark, markOf, resultOf, type Simulated } from './result.js';
import { type MicroBatch, SimulatedRingPosition } from './ring-position.js';
import { type RingStage, ringStages } from './ring-stages.js';
import { type RingScenario, ringDuration } from './scenario.js';

export interface SimulatedRing extends Simulated {
  /** That the measured rule came to, by position; of position 0: what the master streams. */
  readonly windows: readonly number[];
}

/** Behind what is measured, so that the ring's end, when the pipe empties, is not. */
const COOL_DOWN_STEPS = 1;

export function simulateRing(scenario: RingScenario): SimulatedRing {
  const { spec, machines, duration = ringDuration(scenario) } = scenario;
  const { batch } = spec.training;
  const steps = duration.warmUp + duration.measured;
  const marks = new Map<number, Mark>();
  const simulation = new RingSimulation(scenario, ringStages(scenario), steps + COOL_DOWN_STEPS, (step, take) => {
    const done = step + 1;
    if (done === duration.warmUp || done === steps) marks.set(done, take(done * batch));
  });
  simulation.run();
  const [from, to] = [marks.get(duration.warmUp) as Mark, marks.get(steps) as Mark];
  const allSamples = batch * (steps + COOL_DOWN_STEPS);
  return {
    ...resultOf({ from, to, batch, allSamples }, machines, simulation.network),
    windows: simulation.windows,
  };
}

type OnStep = (step: number, take: (samples: number) => Mark) => void;

class RingSimulation {
  readonly network: SimulatedNetwork;
  private readonly clock = new SimulatedClock();
  private readonly processors: readonly Processor[];
  private readonly positions: readonly SimulatedRingPosition[];
  private readonly stream: StreamQueue<number>;
  private sent = 0;
  private inFlight = 0;

  constructor(
    private readonly scenario: RingScenario,
    private readonly stages: readonly RingStage[],
    private readonly steps: number,
    private readonly onStep: OnStep,
  ) {
    const { machines, hub } = scenario;
    this.network = new SimulatedNetwork(this.clock, machines, hub);
    this.processors = machines.map(() => new Processor(this.clock));
    this.positions = stages.map((stage, position) => this.newPosition(stage, position));
    const [own] = scenario.stages as [Range];
    this.stream = new StreamQueue(own.first === own.end, (step) => this.sendSamples(step));
  }

  get windows(): number[] {
    return this.positions.map(({ timing }, position) => (position === 0 ? timing.streamWindow : timing.window));
  }

  run(): void {
    this.pump();
    this.clock.run();
  }

  private newPosition(stage: RingStage, position: number): SimulatedRingPosition {
    const { spec, windows } = this.scenario;
    const { microBatches, schedule } = spec.training;
    const count = this.stages.length;
    const [next, before] = [(position + 1) % count, (position + count - 1) % count];
    return new SimulatedRingPosition({
      position,
      workers: count - 1,
      schedule: scheduleOf(schedule),
      microBatches,
      window: windows[position] as number,
      stage,
      linkMs: this.linkMs(position, next),
      clock: this.clock,
      processor: this.processors[position] as Processor,
      sendForward: (item) =>
        this.network.send(position, next, stage.clockwiseBytes, () => this.takeForward(next, item)),
      sendBackward: (item) => {
        this.network.send(position, before, stage.anticlockwiseBytes, () => this.takeBackward(before, item));
        if (position === 0) this.stream.answered();
      },
      onUpdated: (step) =>
        position === 0 && this.onStep(step, (samples) => markOf(this.clock, this.processors, samples)),
    });
  }

  /** As `transport/link-clock.ts` finds it: the mean of both directions, of frames that waited for no other. */
  private linkMs(position: number, next: number): number {
    const there = this.network.freeMs(position, next, (this.stages[position] as RingStage).clockwiseBytes);
    const back = this.network.freeMs(next, position, (this.stages[next] as RingStage).anticlockwiseBytes);
    return (there + back) / 2;
  }

  private takeForward(position: number, item: MicroBatch): void {
    if (position === 0) this.stream.owe();
    this.at(position).takeForward(item);
  }

  private takeBackward(position: number, item: MicroBatch): void {
    if (position !== 0) {
      this.at(position).takeGradient(item);
      return;
    }
    this.at(0).timing.incoming('done', item.timing);
    this.inFlight--;
    this.pump();
  }

  /** As `master/ring-stream.ts`: sends what the window admits. */
  private pump(): void {
    const { microBatches } = this.scenario.spec.training;
    const master = this.at(0);
    while (this.sent < this.steps * microBatches && this.inFlight < master.timing.streamWindow) {
      const step = Math.floor(this.sent++ / microBatches);
      this.inFlight++;
      this.stream.take(step);
    }
  }

  private sendSamples(step: number): void {
    const { clockwiseBytes } = this.stages[0] as RingStage;
    const item = { step, timing: this.at(0).timing.outgoing('activation') };
    this.network.send(0, 1, clockwiseBytes, () => this.at(1).takeForward(item));
  }

  private at(position: number): SimulatedRingPosition {
    return this.positions[position] as SimulatedRingPosition;
  }
}
