// What a node counted in two generations of a run adds up; what was measured is the later's.

import { expect } from 'chai';
import { type EnergySource, fleetEnergy } from '../../protocol/energy.js';
import { type NodeFigures, nodeFiguresSchema, sumOfFigures } from '../../protocol/node-figures.js';

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

  it('have no energy where one passed time of which it tells none: a part is not the whole', () => {
    for (const wallSeconds of [8, undefined]) {
      const untold = figures({ energy: null, wallSeconds });
      expect(sumOfFigures(untold, figures({})).energy).to.equal(null);
      expect(sumOfFigures(figures({}), untold).energy).to.equal(null);
      expect(sumOfFigures(untold, untold).energy).to.equal(null);
    }
    const momentary = figures({ energy: null, wallSeconds: 0 });
    for (const sum of [sumOfFigures(momentary, figures({})), sumOfFigures(figures({}), momentary)]) {
      expect(sum.energy).to.deep.equal(figures({}).energy);
    }
  });

  it('do not call modelled joules measured', () => {
    const of = (source: EnergySource, joules: number) => {
      return figures({
        energy: { source, joules: { idle: 0, forward: joules, backward: 0, update: 0, serialise: 0 } },
      });
    };
    const both = sumOfFigures(of('modelled', 10), of('measured', 1));
    expect(both.energy).to.deep.include({ source: 'mixed', bySource: { measured: 1, modelled: 10 } });
    expect(both.energy?.joules.forward).to.equal(11);
    const third = sumOfFigures(both, of('measured', 2));
    expect(third.energy).to.deep.include({ source: 'mixed', bySource: { measured: 3, modelled: 10 } });
    expect(fleetEnergy([{ position: 1, energy: third.energy }])).to.deep.include({
      source: 'mixed',
      joules: 13,
      bySource: { measured: 3, modelled: 10 },
    });
    expect(nodeFiguresSchema.parse(third).energy).to.deep.equal(third.energy);
  });

  it('have the staleness of all gradients, each of which weighs the same', () => {
    const of = (staleness: NodeFigures['staleness']) => figures({ staleness });
    const [one, other] = [of({ mean: 2, max: 3, gradients: 30 }), of({ mean: 0, max: 0, gradients: 10 })];
    expect(sumOfFigures(one, other).staleness).to.deep.equal({ mean: 1.5, max: 3, gradients: 40 });
    for (const none of [of(null), figures({})]) {
      expect(sumOfFigures(one, none).staleness).to.deep.equal(one.staleness);
      expect(sumOfFigures(none, one).staleness).to.deep.equal(one.staleness);
    }
    expect(sumOfFigures(one, of({ mean: 4, max: 4 })).staleness).to.deep.equal({ mean: 3, max: 4 });
  });
});
