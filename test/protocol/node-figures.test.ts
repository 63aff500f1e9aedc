// What a node counted in two generations of a run adds up; what was measured is the later's.

import { expect } from 'chai';
import { type NodeFigures, sumOfFigures } from '../../protocol/node-figures.js';

const figures = (changes: Partial<NodeFigures>): NodeFigures => ({
  phase: 'idle',
  idleShare: 0.5,
  seconds: { forward: 1, backward: 2, update: 0.5, serialise: 0.5 },
  wallSeconds: 8,
  window: 2,
  microBatchMs: 5,
  linkMs: 1,
  bytesIn: 100,
  bytesOut: 200,
  unsent: 1,
  dropped: { stale: 3 },
  topics: [{ topic: '1/forward', direction: 'in', bytes: 100, frames: 2 }],
  energy: { source: 'measured', joules: { idle: 1, forward: 1, backward: 1, update: 1, serialise: 1 } },
  ...changes,
});

describe('figures of two generations', () => {
  it('add up where they count', () => {
    const later = figures({
      idleShare: 0,
      wallSeconds: 4,
      microBatchMs: 7,
      dropped: { stale: 1, foreign: 2 },
      topics: [
        { topic: '1/forward', direction: 'in', bytes: 10, frames: 1 },
        { topic: '2/forward', direction: 'out', bytes: 5, frames: 1 },
      ],
    });
    const sum = sumOfFigures(figures({}), later);
    expect(sum).to.deep.include({
      seconds: { forward: 2, backward: 4, update: 1, serialise: 1 },
      wallSeconds: 12,
      microBatchMs: 7,
      bytesIn: 200,
      bytesOut: 400,
      unsent: 2,
      dropped: { stale: 4, foreign: 2 },
      topics: [
        { topic: '1/forward', direction: 'in', bytes: 110, frames: 3 },
        { topic: '2/forward', direction: 'out', bytes: 5, frames: 1 },
      ],
      energy: { source: 'measured', joules: { idle: 2, forward: 2, backward: 2, update: 2, serialise: 2 } },
    });
    expect(sum.idleShare).to.be.closeTo(1 - 8 / 12, 1e-12);
  });

  it('have the energy of the one that tells any', () => {
    const energy = figures({}).energy!;
    expect(sumOfFigures(figures({ energy: null }), figures({})).energy).to.deep.equal(energy);
    expect(sumOfFigures(figures({}), figures({ energy: null })).energy).to.deep.equal(energy);
    expect(sumOfFigures(figures({ energy: null }), figures({ energy: null })).energy).to.equal(null);
  });
});
