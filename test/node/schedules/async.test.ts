// The async schedule: the drawing in its source is what it does, and where the window lets it, no position
// waits between the first micro-batches and the last.

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { async } from '../../../node/schedules/async.js';
import type { NodeView } from '../../../node/schedules/schedule.js';
import { roundTripMs, windowOf } from '../../../node/schedules/window.js';
import { draw, type SimulatedRing, simulate } from '../../support/draw-schedule.js';

interface UniformRing {
  readonly stages: number;
  readonly microBatches: number;
  readonly steps: number;
  /** That a message spends on a link; a forward and a backward take one each. */
  readonly linkSlots: number;
}

/** In slots: f + g = 2. A message sent in one slot is there in the next, so a link costs nothing at 0 slots. */
function uniformRing({ stages, microBatches, steps, linkSlots }: UniformRing, windows?: readonly number[]) {
  const times = { stages, computeMs: 2, linkMs: linkSlots };
  const periodMs = Math.max(2, linkSlots);
  const byRule = Array.from({ length: stages }, (_, stage) => {
    return windowOf({ roundTripMs: roundTripMs({ ...times, stage }), periodMs }, async.maxWindow(microBatches));
  });
  const ring: SimulatedRing = {
    schedule: async,
    windows: windows ?? byRule,
    microBatches,
    steps,
    linkSlots: new Array<number>(stages - 1).fill(linkSlots),
  };
  return ring;
}

/** Slots between the updates of the middle steps at the last position, which waits for everyone. */
function periodOf(ring: SimulatedRing): number {
  const last = ring.windows.length - 1;
  const updates = simulate(ring).filter(({ position, action }) => position === last && action === 'update');
  const [from, to] = [updates[Math.floor(ring.steps / 4)]!, updates[Math.floor((3 * ring.steps) / 4)]!];
  return (to.slot - from.slot) / ((to.step - from.step) * ring.microBatches);
}

describe('async', () => {
  it('does what the drawing at the head of its source shows', () => {
    const source = readFileSync('node/schedules/async.ts', 'utf8');
    const drawing = source.split('\n').filter((line) => /^\/\/ +(board \d|master ) /.test(line));
    const drawn = draw(uniformRing({ stages: 3, microBatches: 4, steps: 3, linkSlots: 0 }), [
      'board 1',
      'board 2',
      'master ',
    ]);
    expect(drawing).to.deep.equal(drawn.map((row) => `//   ${row}`));
  });

  it('has no bubbles with the window of the rule, if m is at least the window less one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 2 }), (stages, linkSlots) => {
        const needed = uniformRing({ stages, microBatches: 1000, steps: 1, linkSlots }).windows[0]!;
        const ring = uniformRing({ stages, microBatches: needed, steps: 12, linkSlots });
        expect(periodOf(ring)).to.equal(2);
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('stalls with the textbook’s N - k when links cost time, and with the rule it does not', () => {
    const ring = { stages: 4, microBatches: 12, steps: 12, linkSlots: 2 };
    expect(periodOf(uniformRing(ring))).to.equal(2);
    expect(periodOf(uniformRing(ring, [4, 3, 2, 1]))).to.be.at.least(4.5);
  });

  describe('at one node', () => {
    const view: NodeView = {
      previous: null,
      version: 3,
      inFlight: 2,
      backwardsDone: 1,
      microBatches: 4,
      window: 3,
      nextForward: { step: 4, training: true },
      gradientWaits: false,
    };
    const next = (changes: Partial<NodeView>) => async.next({ ...view, ...changes });

    it('forwards a step ahead, but no further, and within the window', () => {
      expect(next({})).to.equal('forward');
      expect(next({ nextForward: { step: 3, training: true } })).to.equal('forward');
      expect(next({ nextForward: { step: 5, training: true } })).to.equal('wait');
      expect(next({ window: 2 })).to.equal('wait');
      expect(next({ nextForward: null })).to.equal('wait');
    });

    it('takes turns where both wait, and updates before either', () => {
      expect(next({ gradientWaits: true })).to.equal('backward');
      expect(next({ gradientWaits: true, previous: 'forward' })).to.equal('backward');
      expect(next({ gradientWaits: true, previous: 'backward' })).to.equal('forward');
      expect(next({ gradientWaits: true, previous: 'backward', window: 2 })).to.equal('backward');
      expect(next({ gradientWaits: true, backwardsDone: 4 })).to.equal('update');
    });

    it('evaluates at the version asked for, beyond the window', () => {
      expect(next({ window: 2, nextForward: { step: 3, training: false } })).to.equal('forward');
      expect(next({ nextForward: { step: 4, training: false } })).to.equal('wait');
    });
  });

  it('takes its gradient one version late, but for the first step, and caps the window at a step and one', () => {
    expect([0, 1, 2, 9].map(async.weightVersion)).to.deep.equal([0, 0, 1, 8]);
    expect(async.maxWindow(7)).to.equal(8);
  });
});
