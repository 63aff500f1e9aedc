// What holds for every schedule and any ring: it never stops, does everything once, keeps to the window and
// to the weight version of the step, and updates after all backwards of a step.

import { expect } from 'chai';
import fc from 'fast-check';
import { async } from '../../../node/schedules/async.js';
import type { Schedule } from '../../../node/schedules/schedule.js';
import { scheduleOf } from '../../../node/schedules/schedules.js';
import { sync } from '../../../node/schedules/sync.js';
import { type Happening, type SimulatedRing, simulate } from '../../support/draw-schedule.js';

function aRing(schedule: Schedule): fc.Arbitrary<SimulatedRing> {
  return fc
    .record({ stages: fc.integer({ min: 1, max: 6 }), microBatches: fc.integer({ min: 1, max: 8 }) })
    .chain(({ stages, microBatches }) => {
      return fc.record({
        schedule: fc.constant(schedule),
        windows: fc.array(fc.integer({ min: 1, max: schedule.maxWindow(microBatches) }), {
          minLength: stages,
          maxLength: stages,
        }),
        microBatches: fc.constant(microBatches),
        steps: fc.integer({ min: 1, max: 4 }),
        linkSlots: fc.array(fc.nat({ max: 4 }), { minLength: stages - 1, maxLength: stages - 1 }),
      });
    });
}

for (const schedule of [sync, async]) {
  describe(`the schedule ${schedule.name}`, () => {
    it('never stops, and does each forward and each backward of each step once, at each position', () => {
      fc.assert(
        fc.property(aRing(schedule), (ring) => {
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
        fc.property(aRing(schedule), (ring) => {
          for (const { position, inFlight } of simulate(ring)) {
            expect(inFlight).to.be.at.most(ring.windows[position]!);
          }
        }),
        { seed: 2 },
      );
    });

    it('finds the weight version of its step among those that a node holds', () => {
      fc.assert(
        fc.property(aRing(schedule), (ring) => {
          for (const { action, step, version } of simulate(ring)) {
            if (action === 'update') expect(step).to.equal(version);
            else expect(schedule.weightVersion(step)).to.be.within(version - schedule.versionsHeld + 1, version);
          }
        }),
        { seed: 3 },
      );
    });

    it('does the backwards of a step in order, and updates after the last of them', () => {
      fc.assert(
        fc.property(aRing(schedule), (ring) => {
          const happened = simulate(ring);
          for (const position of ring.windows.keys()) {
            const order = happened.filter((each) => each.position === position && each.action !== 'forward');
            const wanted = Array.from({ length: ring.steps * (ring.microBatches + 1) }, (_, index) => {
              const micro = index % (ring.microBatches + 1);
              return micro === ring.microBatches ? 'update' : `backward ${micro}`;
            });
            const done = order.map(({ action, micro }) => (action === 'update' ? action : `${action} ${micro}`));
            expect(done).to.deep.equal(wanted);
          }
        }),
        { seed: 4 },
      );
    });

    it('is found by its name', () => {
      expect(scheduleOf(schedule.name as 'sync')).to.equal(schedule);
    });
  });
}

function keyOf({ position, action, step, micro }: Happening): string {
  return `${position} ${action} ${step} ${micro}`;
}
