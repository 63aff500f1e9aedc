// The sync schedule: the drawing in its source is what it does, and it is as idle as the theory says.

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { NodeView } from '../../../node/schedules/schedule.js';
import { sync } from '../../../node/schedules/sync.js';
import { roundTripMs, windowOf } from '../../../node/schedules/window.js';
import { draw, type SimulatedRing, simulate } from '../../support/draw-schedule.js';

/** Windows as a planner sets them for `stages` equal stages at free links. */
function freeRing(stages: number, microBatches: number, steps = 1): SimulatedRing {
  const windows = Array.from({ length: stages }, (_, stage) => {
    const times = { stage, stages, computeMs: 2, linkMs: 0 };
    return windowOf({ roundTripMs: roundTripMs(times), periodMs: 2 }, sync.maxWindow(microBatches));
  });
  return { schedule: sync, windows, microBatches, steps };
}

describe('sync', () => {
  it('does what the drawing at the head of its source shows', () => {
    const source = readFileSync('node/schedules/sync.ts', 'utf8');
    const drawing = source.split('\n').filter((line) => /^\/\/ +(board \d|master ) /.test(line));
    const names = ['board 1', 'board 2', 'board 3', 'master '];
    expect(drawing).to.deep.equal(draw(freeRing(4, 4), names).map((row) => `//   ${row}`));
  });

  it('is idle for (N - 1) / (m + N - 1) of the time at free links and equal stages', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 3 }),
        (stages, microBatches, steps) => {
          const first = simulate(freeRing(stages, microBatches, steps)).filter(({ position }) => position === 0);
          const busy = first.filter(({ action }) => action !== 'update').length;
          const slots = Math.max(...first.map(({ slot }) => slot)) + 1;
          expect(1 - busy / slots).to.be.closeTo((stages - 1) / (microBatches + stages - 1), 1e-12);
        },
      ),
      { seed: 4 },
    );
  });

  it('wastes time when the window is smaller than the ring asks for', () => {
    const slotsOf = (ring: SimulatedRing) => Math.max(...simulate(ring).map(({ slot }) => slot)) + 1;
    const ring = freeRing(4, 8);
    expect(slotsOf({ ...ring, windows: [1, 1, 1, 1] })).to.be.greaterThan(2 * slotsOf(ring));
  });

  describe('at one node', () => {
    const view: NodeView = {
      previous: null,
      version: 3,
      inFlight: 2,
      backwardsDone: 0,
      microBatches: 4,
      window: 3,
      nextForward: { step: 3, training: true },
      gradientWaits: false,
    };
    const next = (changes: Partial<NodeView>) => sync.next({ ...view, ...changes });

    it('forwards within the window, and prefers a gradient that waits', () => {
      expect(next({})).to.equal('forward');
      expect(next({ gradientWaits: true })).to.equal('backward');
      expect(next({ window: 2 })).to.equal('wait');
      expect(next({ window: 2, inFlight: 1, backwardsDone: 1 })).to.equal('forward');
      expect(next({ nextForward: null })).to.equal('wait');
    });

    it('waits with the next step until this one is updated', () => {
      expect(next({ nextForward: { step: 4, training: true } })).to.equal('wait');
      expect(next({ inFlight: 0, backwardsDone: 4, gradientWaits: true })).to.equal('update');
    });

    it('evaluates beyond the window, but at the version asked for', () => {
      expect(next({ window: 2, nextForward: { step: 3, training: false } })).to.equal('forward');
      expect(next({ nextForward: { step: 4, training: false } })).to.equal('wait');
    });
  });

  it('computes at the version of the step, and caps the window at a step', () => {
    expect([0, 1, 2, 9].map(sync.weightVersion)).to.deep.equal([0, 1, 2, 9]);
    expect(sync.maxWindow(7)).to.equal(7);
  });
});
