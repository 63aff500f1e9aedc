// The window's formula at the figures of the design, and what must hold for all figures.

import { expect } from 'chai';
import fc from 'fast-check';
import { roundTripMs, type StageTimes, windowOf } from '../../../node/schedules/window.js';

const NO_CAP = Number.MAX_SAFE_INTEGER;

/** The rule for uniform stages and links. */
function uniformWindow(times: StageTimes, cap = NO_CAP): number {
  return windowOf({ roundTripMs: roundTripMs(times), periodMs: Math.max(times.computeMs, times.linkMs) }, cap);
}

const aStage = fc.integer({ min: 1, max: 30 }).chain((stages) => {
  return fc.record({
    stages: fc.constant(stages),
    stage: fc.nat({ max: stages - 1 }),
    computeMs: fc.integer({ min: 1, max: 1000 }),
    linkMs: fc.nat({ max: 1000 }),
  });
});

describe('windowOf', () => {
  it('is 11 for the first of four stages when a link takes as long as a stage', () => {
    expect(uniformWindow({ stage: 0, stages: 4, computeMs: 5, linkMs: 5 })).to.equal(11);
    const windows = [0, 1, 2, 3].map((stage) => uniformWindow({ stage, stages: 4, computeMs: 5, linkMs: 5 }));
    expect(windows).to.deep.equal([11, 8, 5, 2]);
  });

  it('is the textbook’s N - k and one more at free links', () => {
    const windows = [0, 1, 2, 3].map((stage) => uniformWindow({ stage, stages: 4, computeMs: 5, linkMs: 0 }));
    expect(windows).to.deep.equal([5, 4, 3, 2]);
  });

  it('counts in links where these are the slower', () => {
    // (2 * 1 + 2 * 1 * 10) / 10 = 2.2
    expect(uniformWindow({ stage: 0, stages: 2, computeMs: 1, linkMs: 10 })).to.equal(4);
  });

  it('is one micro-batch and one that waits at the last stage, whatever the links', () => {
    fc.assert(
      fc.property(aStage, (times) => {
        const last = { ...times, stage: times.stages - 1 };
        expect(uniformWindow(last)).to.equal(2);
      }),
      { seed: 1 },
    );
  });

  it('never exceeds the cap, and is the cap as long as nothing was measured', () => {
    fc.assert(
      fc.property(aStage, fc.integer({ min: 1, max: 50 }), (times, cap) => {
        expect(uniformWindow(times, cap))
          .to.equal(Math.min(uniformWindow(times), cap))
          .and.at.least(1);
      }),
      { seed: 2 },
    );
    expect(uniformWindow({ stage: 0, stages: 4, computeMs: 0, linkMs: 0 }, 7)).to.equal(7);
  });

  it('falls from stage to stage, and grows with slower links up to the stage’s own time', () => {
    fc.assert(
      fc.property(aStage, (times) => {
        const at = (changes: object) => uniformWindow({ ...times, ...changes });
        if (times.stage > 0) expect(at({ stage: times.stage - 1 })).to.be.greaterThan(at({}));
        if (times.linkMs < times.computeMs) expect(at({ linkMs: times.linkMs + 1 })).to.be.at.least(at({}));
        expect(at({ stages: times.stages + 1 })).to.be.greaterThan(at({}));
      }),
      { seed: 3 },
    );
  });

  it('is at least 1, whatever times another board tells', () => {
    const aTime = fc.double({ min: -1e15, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(aTime, aTime, fc.integer({ min: 1, max: 50 }), (roundTripMs, periodMs, cap) => {
        expect(windowOf({ roundTripMs, periodMs }, cap)).to.be.within(1, cap);
      }),
      { seed: 5 },
    );
    expect(windowOf({ roundTripMs: -50, periodMs: 5 }, 7)).to.equal(1);
    expect(windowOf({ roundTripMs: 50, periodMs: -5 }, 7)).to.equal(7);
  });

  it('depends on the ratio of the times only', () => {
    fc.assert(
      fc.property(aStage, fc.constantFrom(2, 8, 1024), (times, factor) => {
        const scaled = { ...times, computeMs: times.computeMs * factor, linkMs: times.linkMs * factor };
        expect(uniformWindow(scaled)).to.equal(uniformWindow(times));
      }),
      { seed: 4 },
    );
  });
});
