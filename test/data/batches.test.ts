// The order of the data: a function of the seed, each epoch a permutation, whatever the micro-batches.

import { expect } from 'chai';
import fc from 'fast-check';
import { Batches } from '../../data/batches.js';
import { DataError } from '../../errors.js';
import { fakeSource } from '../support/fake-source.js';
import { smallRun, specOf } from '../support/specs.js';

function batchesOf(training: object, source = fakeSource(), changes: object = {}): Batches {
  return new Batches(source, specOf(smallRun(training, changes)));
}

/** Samples of an epoch, in order: their targets say which they are. */
function epochOf(batches: Batches, epoch: number, microBatches: number): number[] {
  const steps = Array.from({ length: batches.stepsPerEpoch }, (_, index) => epoch * batches.stepsPerEpoch + index);
  const micros = Array.from({ length: microBatches }, (_, micro) => micro);
  return steps.flatMap((step) => micros.flatMap((micro) => [...batches.training(step, micro).targets]));
}

const ALL = Array.from({ length: 12 }, (_, index) => index);

describe('batches', () => {
  it('make each epoch another permutation of the training set', () => {
    const batches = batchesOf({ batch: 4, microBatches: 2, epochs: 3 });
    const epochs = [0, 1, 2].map((epoch) => epochOf(batches, epoch, 2));
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).to.deep.equal(ALL);
    expect(epochs[0]).not.to.deep.equal(epochs[1]);
    expect(epochs[1]).not.to.deep.equal(epochs[2]);
    expect(batches.steps).to.equal(9);
  });

  it('depend on the seed, and neither on the micro-batches nor on the order of asking', () => {
    const training = { batch: 4, epochs: 2 };
    const expected = epochOf(batchesOf({ ...training, microBatches: 2 }), 1, 2);
    const again = batchesOf({ ...training, microBatches: 1 });
    epochOf(again, 0, 1);
    expect(epochOf(again, 1, 1)).to.deep.equal(expected);
    expect(epochOf(again, 1, 1)).to.deep.equal(expected);
    const other = batchesOf({ ...training, microBatches: 2 }, fakeSource(), { seed: 2 });
    expect(epochOf(other, 1, 2)).not.to.deep.equal(expected);
  });

  it('keep the order of the file when told not to shuffle', () => {
    expect(epochOf(batchesOf({ batch: 4, microBatches: 2, shuffle: false }), 0, 2)).to.deep.equal(ALL);
  });

  it('hold whole samples, row by row', () => {
    const { data, targets, samples } = batchesOf({ batch: 4, microBatches: 2 }).training(0, 0);
    expect([...data]).to.deep.equal([...targets].flatMap((index) => [index + 1, index + 1]));
    expect(samples).to.equal(2);
  });

  it('leave out the rest that fills no batch, and stop at the steps asked for', () => {
    expect(batchesOf({ batch: 5, microBatches: 1, epochs: 2 }).stepsPerEpoch).to.equal(2);
    expect(batchesOf({ batch: 4, microBatches: 1, epochs: 9, steps: 2 }).steps).to.equal(2);
    expect(batchesOf({ batch: 4, microBatches: 1, epochs: 1, steps: 99 }).steps).to.equal(3);
  });

  it('take as many epochs as the steps need, where only steps are asked for', () => {
    const batches = batchesOf({ batch: 4, microBatches: 1, epochs: undefined, steps: 99 });
    expect(batches.steps).to.equal(99);
    expect(batches.epochOf(98)).to.equal(32);
    expect(batchesOf({ batch: 4, microBatches: 1, epochs: undefined }).steps).to.equal(3);
  });

  it('give the same samples in the same order in shares of any sizes, over the ends of epochs', () => {
    const shares = fc.array(fc.integer({ min: 0, max: 25 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 12 }), fc.boolean(), (sizes, batch, shuffle) => {
        const batches = batchesOf({ batch, microBatches: 1, epochs: undefined, steps: 1000, shuffle });
        const visited: number[] = [];
        for (const size of sizes) {
          const share = batches.samples(visited.length, size);
          expect(share.samples).to.equal(size);
          expect([...share.data]).to.deep.equal([...share.targets].flatMap((index) => [index + 1, index + 1]));
          visited.push(...share.targets);
        }
        const epochs = Math.ceil(visited.length / (batches.stepsPerEpoch * batch));
        const expected = Array.from({ length: epochs }, (_, epoch) => epochOf(batches, epoch, 1));
        expect(visited).to.deep.equal(expected.flat().slice(0, visited.length));
        for (const epoch of expected) expect(new Set(epoch).size).to.equal(epoch.length);
      }),
    );
  });

  it('evaluate every held-out sample once, padded with zeros', () => {
    const batches = batchesOf({ batch: 4, microBatches: 2 }, fakeSource({ test: 5 }));
    expect(batches.evaluationMicroBatches).to.equal(3);
    const parts = [0, 1, 2].map((micro) => batches.evaluation(micro));
    expect(parts.map(({ samples }) => samples)).to.deep.equal([2, 2, 1]);
    expect(parts.flatMap(({ data }) => [...data])).to.deep.equal([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 0, 0]);
  });

  it('refuse a training set of less than one batch', () => {
    expect(() => batchesOf({ batch: 16, microBatches: 4 }))
      .to.throw(DataError, 'fake has 12 training samples, fewer than one batch of 16')
      .with.property('remedy', 'Set training.batch to at most 12.');
  });
});
