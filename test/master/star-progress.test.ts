// Steps counted from pushes: as many as the samples make, each told once, whatever the shares, with the mean loss.

import { expect } from 'chai';
import fc from 'fast-check';
import { StarProgress } from '../../master/star-progress.js';

interface Told {
  readonly step: number;
  readonly loss: number;
  readonly together: number | undefined;
}

function open(batch: number, steps: number, firstStep = 0) {
  const told: Told[] = [];
  let loss = Number.NaN;
  const events: ConstructorParameters<typeof StarProgress>[2] = {
    onLoss: (step, lossSum) => {
      expect(step).to.equal(firstStep + told.length);
      loss = lossSum;
    },
    onStep: (step, together) => void told.push({ step, loss, together }),
  };
  const progress = new StarProgress(batch, steps, events, firstStep);
  return { progress, told };
}

const somePushes = fc.array(
  fc.record({ samples: fc.integer({ min: 1, max: 40 }), loss: fc.double({ min: 0, max: 9, noNaN: true }) }),
  { maxLength: 60 },
);

describe('the progress of a star', () => {
  it('tells each step once, in order, when its samples are there, up to the last of the run', () => {
    fc.assert(
      fc.property(somePushes, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 40 }), (...drawn) => {
        const [pushes, batch, steps] = drawn;
        const { progress, told } = open(batch, steps);
        let samples = 0;
        for (const push of pushes) {
          samples += push.samples;
          progress.add(push.samples, push.loss);
          expect(told.length).to.equal(Math.min(steps, Math.floor(samples / batch)));
        }
        expect(told.map(({ step }) => step)).to.deep.equal([...told.keys()]);
      }),
      { seed: 1 },
    );
  });

  it('loses no loss: each step has the mean of the pushes since the last, for as many samples as a step has', () => {
    fc.assert(
      fc.property(somePushes, fc.integer({ min: 1, max: 30 }), (pushes, batch) => {
        const { progress, told } = open(batch, 1e6);
        let waiting: typeof pushes = [];
        for (const push of pushes) {
          const before = told.length;
          progress.add(push.samples, push.loss * push.samples);
          waiting = [...waiting, push];
          const steps = told.slice(before);
          if (steps.length === 0) continue;
          const samples = waiting.reduce((sum, each) => sum + each.samples, 0);
          const mean = waiting.reduce((sum, each) => sum + each.loss * each.samples, 0) / samples;
          for (const { loss, together } of steps) {
            expect(loss / batch).to.be.closeTo(mean, 1e-9);
            expect(together).to.equal(steps.length);
          }
          waiting = [];
        }
      }),
      { seed: 2 },
    );
  });

  it('of shares that make up a step has the loss of that step alone', () => {
    const { progress, told } = open(6, 10);
    for (const loss of [2, 4, 10, 20]) progress.add(3, loss);
    expect(told).to.deep.equal([
      { step: 0, loss: 6, together: 1 },
      { step: 1, loss: 30, together: 1 },
    ]);
  });

  it('goes on from a cut', () => {
    const { progress, told } = open(10, 9, 7);
    progress.add(9, 1);
    expect(told).to.have.length(0);
    progress.add(30, 1);
    expect(told.map(({ step }) => step)).to.deep.equal([7, 8]);
  });
});
