// The sync schedule: the drawing in its source is what it does, and for any ring it neither stops nor
// breaks the window, nor computes at another weight version than its step's.

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { NodeView } from '../../../node/schedules/schedule.js';
import { scheduleOf } from '../../../node/schedules/schedules.js';
import { sync } from '../../../node/schedules/sync.js';
import { windowOf } from '../../../node/schedules/window.js';
import { draw, type Happening, type SimulatedRing, simulate } from '../../support/draw-schedule.js';

/** Windows as a planner sets them for `stages` equal stages at free links. */
function freeRing(stages: number, microBatches: number, steps = 1): SimulatedRing {
  const windows = Array.from({ length: stages }, (_, stage) => {
    return windowOf({ stage, stages, computeMs: 2, linkMs: 0 }, sync.maxWindow(microBatches));
  });
  return { schedule: sync, windows, microBatches, steps };
}

const aRing: fc.Arbitrary<SimulatedRing> = fc
  .record({ stages: fc.integer({ min: 1, max: 6 }), microBatches: fc.integer({ min: 1, max: 8 }) })
  .chain(({ stages, microBatches }) => {
    return fc.record({
      schedule: fc.constant(sync),
      windows: fc.array(fc.integer({ min: 1, max: 10 }), { minLength: stages, maxLength: stages }),
      microBatches: fc.constant(microBatches),
      steps: fc.integer({ min: 1, max: 3 }),
      linkSlots: fc.array(fc.nat({ max: 4 }), { minLength: stages - 1, maxLength: stages - 1 }),
    });
  });

describe('sync', () => {
  it('does what the drawing at the head of its source shows', () => {
    const source = readFileSync('node/schedules/sync.ts', 'utf8');
    const drawing = source.split('\n').filter((line) => /^\/\/ +(board \d|master ) /.test(line));
    const names = ['board 1', 'board 2', 'board 3', 'master '];
    expect(drawing).to.deep.equal(draw(freeRing(4, 4), names).map((row) => `//   ${row}`));
  });

  it('never stops, and does each forward and each backward of each step once, at each position', () => {
    fc.assert(
      fc.property(aRing, (ring) => {
        const happened = simulate(ring);
        const all = (action: string) => new Set(happened.filter((each) => each.action === action).map(keyOf));
        const expected = ring.windows.length * ring.steps * ring.microBatches;
        expect(all('forward').size).to.equal(expected);
        expect(all('backward').size).to.equal(expected);
        expect(happened).to.have.length(2 * expected + ring.windows.length * ring.steps);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('never has more in flight than the window', () => {
    fc.assert(
      fc.property(aRing, (ring) => {
        for (const { position, inFlight } of simulate(ring)) {
          expect(inFlight).to.be.at.most(Math.min(ring.windows[position]!, ring.microBatches));
        }
      }),
      { seed: 2 },
    );
  });

  it('computes at the version of the step, and updates after all its backwards', () => {
    fc.assert(
      fc.property(aRing, (ring) => {
        const happened = simulate(ring);
        for (const { step, version } of happened) expect(version).to.equal(step).and.equal(sync.weightVersion(step));
        for (const position of ring.windows.keys()) {
          const order = happened.filter((each) => each.position === position && each.action !== 'forward');
          const wanted = Array.from({ length: ring.steps * (ring.microBatches + 1) }, (_, index) => {
            const micro = index % (ring.microBatches + 1);
            return micro === ring.microBatches ? 'update' : `backward ${micro}`;
          });
          expect(order.map(({ action, micro }) => (action === 'update' ? action : `${action} ${micro}`))).to.deep.equal(
            wanted,
          );
        }
      }),
      { seed: 3 },
    );
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
      version: 3,
      forwardsDone: 2,
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
      expect(next({ window: 2, backwardsDone: 1 })).to.equal('forward');
      expect(next({ nextForward: null })).to.equal('wait');
    });

    it('waits with the next step until this one is updated', () => {
      expect(next({ nextForward: { step: 4, training: true } })).to.equal('wait');
      expect(next({ forwardsDone: 4, backwardsDone: 4, gradientWaits: true })).to.equal('update');
    });

    it('evaluates beyond the window, but at the version asked for', () => {
      expect(next({ window: 2, nextForward: { step: 3, training: false } })).to.equal('forward');
      expect(next({ nextForward: { step: 4, training: false } })).to.equal('wait');
    });
  });

  it('is found by its name, and caps the window at a step', () => {
    expect(scheduleOf('sync')).to.equal(sync);
    expect(sync.name).to.equal('sync');
    expect(sync.maxWindow(7)).to.equal(7);
  });
});

function keyOf({ position, action, step, micro }: Happening): string {
  return `${position} ${action} ${step} ${micro}`;
}
