// What no simulation may undercut, whatever the model, the boards and the links: the slowest stage or worker, and the
// bytes that one link has to carry.

import { expect } from 'chai';
import fc from 'fast-check';
import { simulateRing } from '../../simulation/ring.js';
import { ringStages } from '../../simulation/ring-stages.js';
import type { Machine, RingScenario, StarScenario } from '../../simulation/scenario.js';
import { simulateStar } from '../../simulation/star.js';
import { starCosts } from '../../simulation/star-costs.js';
import { BOARD, evenRun, ringOf, starOf } from './scenarios.js';

const DURATION = { warmUp: 10, measured: 30 };
/** What is under way at the two marks may differ by some micro-batches. */
const SLACK = 0.97;

const someMachines = fc.array(
  fc.record({
    gflops: fc.constantFrom(0.5, 1, 4, 16),
    linkMbps: fc.constantFrom(1, 10, 100, 1000),
    latencyMs: fc.constantFrom(0, 0.3, 5),
  }),
  { minLength: 2, maxLength: 6 },
);

function machinesOf(differences: readonly Partial<Machine>[]): Machine[] {
  return differences.map((each) => ({ ...BOARD, ...each }));
}

function linkMs(bytes: number, { linkMbps }: Machine): number {
  return (8 * bytes) / (linkMbps * 1000);
}

/** Forward, backward and its part of an update, of the slowest position. */
function slowestStageMs(scenario: RingScenario): number {
  const { microBatches } = scenario.spec.training;
  const each = ringStages(scenario).map(({ forwardMs, backwardMs, updateMs }) => {
    return forwardMs + backwardMs + updateMs / microBatches;
  });
  return Math.max(...each);
}

/** Of a micro-batch: what each link carries up, to both neighbours, and down, from both. */
function slowestLinkMs(scenario: RingScenario): number {
  const stages = ringStages(scenario);
  const at = (position: number) => stages[(position + stages.length) % stages.length] as (typeof stages)[number];
  const each = scenario.machines.map((machine, position) => {
    // The master sends gradients back to the last board, which take as much as the outputs that it had from it.
    const up = at(position).clockwiseBytes + at(position).anticlockwiseBytes;
    const down = at(position - 1).clockwiseBytes + at(position + 1).anticlockwiseBytes;
    return Math.max(linkMs(up, machine), linkMs(down, machine));
  });
  return Math.max(...each);
}

describe('no simulation', () => {
  it('has a ring under async that is faster than its slowest stage or its slowest link', () => {
    const aRing = fc.record({
      machines: someMachines,
      microBatches: fc.constantFrom(1, 2, 4, 8),
      samples: fc.constantFrom(1, 8, 64),
    });
    fc.assert(
      fc.property(aRing, ({ machines, microBatches, samples }) => {
        const training = { batch: samples * microBatches, microBatches, schedule: 'async' };
        const spec = evenRun(machines.length - 1, { training });
        const scenario = ringOf(spec, machinesOf(machines), { duration: DURATION });
        const periodMs = simulateRing(scenario).stepMs / microBatches;
        expect(periodMs).to.be.at.least(SLACK * slowestStageMs(scenario));
        expect(periodMs).to.be.at.least(SLACK * slowestLinkMs(scenario));
      }),
      { seed: 1, numRuns: 80 },
    );
  });

  it('has a star under bsp that is faster than its slowest worker, or than the server’s link', () => {
    const aStar = fc.record({
      machines: someMachines,
      layers: fc.integer({ min: 1, max: 20 }),
      batch: fc.constantFrom(5, 24, 200),
      localSteps: fc.integer({ min: 1, max: 3 }),
      data: fc.constantFrom('stream', 'local'),
    });
    fc.assert(
      fc.property(aStar, ({ machines, layers, batch, localSteps, data }) => {
        const training = { batch, microBatches: 1 };
        const spec = evenRun(layers, { mode: 'star', training, star: { localSteps, data } });
        const scenario: StarScenario = starOf(spec, machinesOf(machines));
        const { workers, bundles } = starCosts(scenario);
        const { stepMs } = simulateStar(scenario);
        const computeMs = Math.max(...workers.map((worker) => worker.stepMs));
        expect(stepMs).to.be.at.least(computeMs);
        const weights = bundles.reduce((sum, { parameterBytes }) => sum + parameterBytes, 0);
        const serverMs = linkMs(weights * workers.length, scenario.machines[0] as Machine) / localSteps;
        expect(stepMs).to.be.at.least(serverMs);
      }),
      { seed: 2, numRuns: 80 },
    );
  });
});
