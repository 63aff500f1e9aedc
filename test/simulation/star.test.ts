// The simulated star against what can be reckoned: the server's link, the workers' pace, the bound of `ssp`.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Machine } from '../../simulation/scenario.js';
import { simulateStar } from '../../simulation/star.js';
import { BOARD, COMPUTING, evenRun, IDEAL, LINKED, several, starOf, UNITS } from './scenarios.js';

function starRun(layers: number, batch: number, star: object, changes: object = {}) {
  return evenRun(layers, { mode: 'star', training: { batch, microBatches: 1 }, star, ...changes });
}

/** One piece of ten thousand numbers, and its header, at 1000 bytes a millisecond. */
const pieceMs = 40.25;

describe('simulateStar', () => {
  it('takes N + 1 pieces of time under bsp where the server’s link is what is slow', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (workers) => {
        const spec = starRun(1, 40, { data: 'local' });
        const { stepMs, busiest } = simulateStar(starOf(spec, several(workers + 1, LINKED)));
        // All parameters leave one after the other; the last worker's gradient comes when it has had its own.
        expect(stepMs).to.be.closeTo((workers + 1) * pieceMs, 0.01 * stepMs);
        expect(busiest.position).to.equal(0);
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  it('lets gradients of the last pieces come in while parameters of the first go out', () => {
    const layers = 200; // two million numbers, 31 pieces
    const spec = starRun(layers, 8, { data: 'local' });
    const { stepMs } = simulateStar(starOf(spec, several(5, LINKED)));
    const oneWayMs = 4 * layers * 10 * 4;
    expect(stepMs).to.be.within(oneWayMs, 1.4 * oneWayMs);
  });

  it('waits for all gradients, whole, where clipping by norm needs them', () => {
    const layers = 200;
    const optimizer = { type: 'sgd', clipnorm: 1 };
    const stepMsOf = (star: object, changes: object) =>
      simulateStar(starOf(starRun(layers, 8, { data: 'local', ...star }, changes), several(5, LINKED))).stepMs;
    const oneWayMs = 4 * layers * 10 * 4;
    expect(stepMsOf({}, { optimizer })).to.be.closeTo(2 * oneWayMs, 0.05 * oneWayMs);
    for (const consistency of ['ssp', 'asp']) {
      const [clipped, free] = [stepMsOf({ consistency }, { optimizer }), stepMsOf({ consistency }, {})];
      expect(clipped, consistency).to.be.within(0.99 * free, 2 * oneWayMs);
    }
  });

  it('takes the slowest worker’s share under bsp, which is in proportion to its speed', () => {
    const spec = starRun(1, 30, { data: 'local' });
    const machines = [IDEAL, COMPUTING, { ...COMPUTING, gflops: 2 }];
    const { stepMs } = simulateStar(starOf(spec, machines));
    expect(stepMs).to.be.closeTo((10 * 2 * 2 * UNITS * UNITS) / 1e6, 1e-3);
  });

  describe('with one worker that is ten times as slow', () => {
    const clockMs = (10 * 2 * 2 * UNITS * UNITS) / 1e6;
    const machines: Machine[] = [IDEAL, ...several(3, COMPUTING), { ...COMPUTING, gflops: 0.1 }];
    const result = (star: object) => {
      const spec = starRun(1, 40, { data: 'local', ...star });
      return simulateStar(starOf(spec, machines, { duration: { warmUp: 20, measured: 40 } }));
    };

    it('waits for nobody under asp', () => {
      const { stepMs, positions } = result({ consistency: 'asp' });
      expect(stepMs).to.be.closeTo((4 * clockMs) / 3.1, 0.02 * stepMs);
      for (const { idleShare } of positions.slice(1)) expect(idleShare).to.be.below(0.02);
    });

    it('goes as fast as the slowest under ssp, whose bound only lets the others be ahead', () => {
      const { stepMs, positions } = result({ consistency: 'ssp', staleness: 3 });
      expect(stepMs).to.be.closeTo(10 * clockMs, 0.02 * stepMs);
      expect(positions[1]?.idleShare).to.be.closeTo(0.9, 0.02);
      expect(positions[4]?.idleShare).to.be.below(0.02);
    });
  });

  describe('with workers whose push and parameters take as long as they compute, or less', () => {
    const clockMs = (10 * 2 * 2 * UNITS * UNITS) / 1e6;
    const stepMsOf = (star: object, linkMbps: number) => {
      const machines = [
        { ...IDEAL, linkMbps: 1e6 },
        { ...COMPUTING, linkMbps },
      ];
      const spec = starRun(1, 10, { data: 'local', ...star });
      return simulateStar(starOf(spec, machines, { duration: { warmUp: 20, measured: 40 } })).stepMs;
    };
    /** Of a link over which parameters come, or a gradient goes, in that time. */
    const mbpsFor = (oneWayMs: number) => (8 * pieceMs) / oneWayMs;

    it('hides the exchange under asp and ssp, and adds it under bsp, ssp without a bound and local steps', () => {
      for (const share of [0.2, 0.6, 1]) {
        const exchangeMs = share * clockMs;
        const mbps = mbpsFor(exchangeMs / 2);
        for (const star of [{ consistency: 'asp' }, { consistency: 'ssp', staleness: 1 }]) {
          expect(stepMsOf(star, mbps), `${star.consistency} ${share}`).to.be.closeTo(clockMs, 0.03 * clockMs);
        }
        for (const star of [{ consistency: 'bsp' }, { consistency: 'ssp', staleness: 0 }]) {
          const sum = clockMs + exchangeMs;
          expect(stepMsOf(star, mbps), `${star.consistency} ${share}`).to.be.closeTo(sum, 0.03 * sum);
        }
        const ofLocalSteps = (2 * clockMs + exchangeMs) / 2;
        expect(stepMsOf({ consistency: 'asp', localSteps: 2 }, mbps)).to.be.closeTo(ofLocalSteps, 0.03 * ofLocalSteps);
      }
    });

    it('takes half of both where the exchange takes longer: never more than one clock is computed ahead', () => {
      const stepMs = stepMsOf({ consistency: 'asp' }, mbpsFor(clockMs));
      expect(stepMs).to.be.closeTo(1.5 * clockMs, 0.03 * stepMs);
    });
  });

  it('goes on under ssp where the bound is met between two pieces of a push', () => {
    const spec = starRun(40, 400, { data: 'local', consistency: 'ssp', staleness: 1 });
    const speeds = [1, 2, 3, 4].map((gflops) => ({ ...BOARD, gflops }));
    const { stepMs, bytes } = simulateStar(starOf(spec, [BOARD, ...speeds]));
    const oneWayMs = (8 * (bytes / 2)) / (BOARD.linkMbps * 1000); // at the server's link, both ways at once
    expect(stepMs).to.be.within(oneWayMs, 2 * oneWayMs);
  });

  it('sends weights and gradients of all workers, and each sample once', () => {
    const spec = starRun(2, 40, {});
    const { bytes, frames, positions } = simulateStar(starOf(spec, several(5, BOARD)));
    const weights = 4 * 2 * UNITS * UNITS * 4;
    expect(frames).to.equal(4 * 4); // parameters, gradient, data and targets
    expect(bytes).to.be.within(2 * weights + 40 * (UNITS + 1) * 4, 2 * weights + 40 * (UNITS + 1) * 4 + frames * 400);
    expect(positions[0]?.downBytes).to.be.closeTo(weights, 4 * 400);
  });

  it('sends less with filters, narrow numbers, local steps and local data', () => {
    const machines = several(5, BOARD);
    const bytes = (star: object, wire: object = {}) =>
      simulateStar(starOf(starRun(7, 40, star, { wire }), machines)).bytes;
    const plain = bytes({});
    const weights = 7 * UNITS * UNITS * 4 * 4;
    // A tenth of the entries, each with four bytes of value and two of place.
    expect(plain - bytes({ filter: { type: 'topK', share: 0.1 } })).to.be.closeTo(weights * (1 - 0.15), 600);
    expect(plain - bytes({}, { gradients: 'bf16', parameters: 'f16' })).to.be.closeTo(weights, 600);
    expect(plain - bytes({ data: 'local' })).to.be.closeTo(40 * (UNITS + 1) * 4, 4000);
    const fewer = bytes({ localSteps: 4, data: 'local' });
    expect(bytes({ data: 'local' })).to.be.closeTo(4 * fewer, 0.001 * plain);
  });

  it('knows neither chance nor more than all of the time, and loses no byte', () => {
    const aStar = fc.record({
      workers: fc.integer({ min: 1, max: 6 }),
      layers: fc.integer({ min: 1, max: 20 }),
      consistency: fc.constantFrom('bsp', 'ssp', 'asp'),
      localSteps: fc.integer({ min: 1, max: 3 }),
      linkMbps: fc.constantFrom(1, 100, 1000),
      gflops: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 6, maxLength: 6 }),
    });
    fc.assert(
      fc.property(aStar, ({ workers, layers, consistency, localSteps, linkMbps, gflops }) => {
        const spec = starRun(layers, 24, { consistency, localSteps });
        const boards = gflops.slice(0, workers).map((each) => ({ ...BOARD, linkMbps, gflops: each }));
        const scenario = starOf(spec, [BOARD, ...boards]);
        const result = simulateStar(scenario);
        expect(simulateStar(scenario)).to.deep.equal(result);
        expect(result.stepMs).to.be.above(0);
        for (const { idleShare, upShare, downShare } of result.positions) {
          expect(idleShare).to.be.within(0, 1);
          expect(Math.max(upShare, downShare)).to.be.within(0, 1);
        }
        const down = result.positions.reduce((sum, { downBytes }) => sum + downBytes, 0);
        expect(down).to.be.closeTo(result.bytes, 1e-6 * result.bytes);
      }),
      { seed: 2, numRuns: 40 },
    );
  });
});
