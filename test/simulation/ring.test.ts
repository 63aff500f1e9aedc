// The simulated ring against what can be reckoned: bubbles, links, bytes; and what must hold for all rings.

import { expect } from 'chai';
import fc from 'fast-check';
import { simulateRing } from '../../simulation/ring.js';
import { BOARD, COMPUTING, evenRun, IDEAL, LINKED, ringOf, several, UNITS } from './scenarios.js';

const SAMPLES = 5;
/** Forward and backward of one layer at 1 GFLOP/s: three products; of the first, whose input needs no gradient, two. */
const productMs = (SAMPLES * 2 * UNITS * UNITS) / 1e6;
const stageMs = 3 * productMs;

function training(microBatches: number, schedule = 'sync'): object {
  return { training: { batch: SAMPLES * microBatches, microBatches, schedule } };
}

describe('simulateRing', () => {
  it('takes (m + N - 1) T for a step under sync at free links, but for the product that the first layer saves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 1, max: 12 }), (boards, microBatches) => {
        const spec = evenRun(boards, training(microBatches));
        const { stepMs } = simulateRing(ringOf(spec, [IDEAL, ...several(boards, COMPUTING)]));
        // In the pipe all wait for the slowest; at its very end the first stage alone is at work.
        const expected = (microBatches + boards - 1) * stageMs - productMs;
        expect(stepMs).to.be.closeTo(expected, 0.001 * expected);
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('is idle under sync for what the bubbles take', () => {
    const [boards, microBatches] = [4, 8];
    const spec = evenRun(boards, training(microBatches));
    const { positions, stepMs } = simulateRing(ringOf(spec, [IDEAL, ...several(boards, COMPUTING)]));
    expect(positions[2]?.idleShare).to.be.closeTo(1 - (microBatches * stageMs) / stepMs, 0.001);
    expect(positions[0]?.idleShare).to.be.closeTo(1, 0.001);
  });

  it('takes m T for a step under async where there are enough micro-batches, and nobody is idle', () => {
    const [boards, microBatches] = [4, 16];
    const spec = evenRun(boards, training(microBatches, 'async'));
    const { stepMs, positions } = simulateRing(ringOf(spec, [IDEAL, ...several(boards, COMPUTING)]));
    expect(stepMs).to.be.closeTo(microBatches * stageMs, 0.01 * microBatches * stageMs);
    expect(positions[3]?.idleShare).to.be.below(0.01);
  });

  it('takes 2 m c for a step under async where links are what is slow, for both ways share a board’s link', () => {
    const [boards, microBatches] = [3, 16];
    const spec = evenRun(boards, training(microBatches, 'async'));
    const { stepMs, busiest } = simulateRing(ringOf(spec, several(boards + 1, LINKED)));
    const frameMs = (4 * SAMPLES * UNITS + 300) / 1000;
    expect(stepMs / microBatches).to.be.closeTo(2 * frameMs, 0.1 * frameMs);
    expect(busiest.share).to.be.above(0.9);
  });

  it('sends each micro-batch over each link once there and once back', () => {
    const spec = evenRun(3, training(4));
    const { positions, flows, frames, bytes } = simulateRing(ringOf(spec, several(4, BOARD)));
    expect(frames).to.equal(4 * 2 * 4);
    expect(flows).to.have.length(2 * 4);
    for (const { upFrames, downFrames } of positions) expect([upFrames, downFrames]).to.deep.equal([8, 8]);
    const tensors = 4 * (4 + 3) * SAMPLES * UNITS * 4; // no gradient of the data goes back
    expect(bytes).to.be.within(tensors, tensors + frames * 400);
  });

  it('halves the bytes of tensors with half the bytes an element', () => {
    const bytes = (wire: object) => simulateRing(ringOf(evenRun(3, { ...training(4), wire }), several(4, BOARD))).bytes;
    const saved = bytes({}) - bytes({ activations: 'f16', gradients: 'bf16' });
    expect(saved).to.be.closeTo((4 * (4 + 3) * SAMPLES * UNITS * 4) / 2, 300);
  });

  it('knows neither chance nor more than all of the time, and loses no byte', () => {
    const aRing = fc.record({
      boards: fc.integer({ min: 1, max: 6 }),
      microBatches: fc.integer({ min: 1, max: 8 }),
      schedule: fc.constantFrom('sync', 'async'),
      linkMbps: fc.constantFrom(1, 10, 100, 1000),
      hub: fc.constantFrom('none' as const, 'master' as const, 'apart' as const),
    });
    fc.assert(
      fc.property(aRing, ({ boards, microBatches, schedule, linkMbps, hub }) => {
        const spec = evenRun(boards, training(microBatches, schedule));
        const scenario = ringOf(spec, several(boards + 1, { ...BOARD, linkMbps }), { hub });
        const result = simulateRing(scenario);
        expect(simulateRing(scenario)).to.deep.equal(result);
        for (const { idleShare, upShare, downShare, joules } of result.positions) {
          expect(idleShare).to.be.within(0, 1);
          expect(Math.max(upShare, downShare)).to.be.within(0, 1);
          expect(joules).to.be.at.least(0);
        }
        const down = result.positions.reduce((sum, { downBytes }) => sum + downBytes, 0);
        expect(down).to.be.closeTo(result.bytes, 1e-6 * result.bytes);
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  it('costs idle watts all the time, and the rest while it computes', () => {
    const { positions, stepMs } = simulateRing(ringOf(evenRun(2, training(4)), several(3, BOARD)));
    const { idleShare, joules } = positions[1] as { idleShare: number; joules: number };
    expect(joules).to.be.closeTo((stepMs / 1000) * (2 + 3 * (1 - idleShare)), 1e-9);
  });
});
