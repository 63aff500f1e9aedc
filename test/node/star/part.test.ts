// Whose samples are whose in a star, who holds the optimizer, and what a worker needs beside its stage.

import { expect } from 'chai';
import fc from 'fast-check';
import { buildModel } from '../../../compute/model.js';
import type { OptimizerSpec } from '../../../compute/specs.js';
import { buildWorker } from '../../../node/build.js';
import { firstSampleOf, floatsBeside, optimizerOf, shareOf, vectorElements } from '../../../node/star/part.js';
import { ENGINES } from '../../support/engines.js';
import { vectorsOf } from '../../support/star-samples.js';
import { partAt, stageAt, TINY, WIDE } from '../../support/star-stages.js';

const someShares = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 });
const ADAM = { type: 'adam', learningRate: 0.1 } as const;

describe('a part of a star', () => {
  it('has samples of the step that no other has, and together they are all', () => {
    fc.assert(
      fc.property(someShares, (shares) => {
        const parts = shares.map((_, index) => partAt({ stage: TINY, shares }, index + 1));
        const samples = parts.flatMap((part) => {
          return Array.from({ length: shareOf(part) }, (_, at) => firstSampleOf(part) + at);
        });
        expect(samples).to.deep.equal([...samples.keys()]);
        expect(samples).to.have.length(parts[0]?.samplesOfStep as number);
      }),
      { seed: 1 },
    );
  });

  it('of the server begins at the first sample', () => {
    expect(firstSampleOf(partAt({ stage: TINY, shares: [3, 4] }, 0))).to.equal(0);
  });

  it('holds the optimizer at the server, or at the workers if they take steps of their own', () => {
    const holders = ([1, 4] as const).map((localSteps) => {
      return (['server', 'worker'] as const).filter((role) => optimizerOf(ADAM, { role, localSteps }) === ADAM);
    });
    expect(holders).to.deep.equal([['server'], ['worker']]);
    expect(optimizerOf(ADAM, { role: 'server', localSteps: 2 })).to.deep.equal({ type: 'sgd', learningRate: 1 });
  });

  it('has a vector as long as the store lays it out', async () => {
    for (const stage of [TINY, WIDE]) {
      const worker = await buildWorker(stageAt({ stage, shares: [2] }, 1), ENGINES.wasm);
      const layers = buildModel({ inputShape: stage.inputShape, layers: stage.layers, seed: 3 });
      expect(vectorElements(layers)).to.equal(vectorsOf(worker).weights.size);
    }
  });

  it('takes a vector for what its filter keeps back, and one for the weights that local steps began at', () => {
    const layers = buildModel({ inputShape: TINY.inputShape, layers: TINY.layers, seed: 3 });
    const vectorsBeside = (position: number, star: object) =>
      floatsBeside(layers, partAt({ stage: TINY, shares: [2], star }, position), TINY.optimizer) /
      vectorElements(layers);
    const filter = { type: 'topK', share: 0.1 };
    const workers = [{}, { filter }, { localSteps: 3 }, { filter, localSteps: 3 }];
    expect(workers.map((star) => vectorsBeside(1, star))).to.deep.equal([0, 1, 1, 2]);
    expect(vectorsBeside(0, { filter, localSteps: 3 })).to.equal(0);
    // Parameters that come while it computes.
    const ahead = [{ consistency: 'asp' }, { consistency: 'ssp', staleness: 1 }, { consistency: 'ssp', staleness: 0 }];
    expect(ahead.map((star) => vectorsBeside(1, star))).to.deep.equal([1, 1, 0]);
    expect(vectorsBeside(1, { consistency: 'asp', localSteps: 3 })).to.equal(1);
    expect(vectorsBeside(0, { consistency: 'asp' })).to.equal(0);
  });

  it("takes at the server what may wait there: under bsp all workers' pushes but one, as they are held", () => {
    const layers = buildModel({ inputShape: WIDE.inputShape, layers: WIDE.layers, seed: 3 });
    const waiting = (star: object, optimizer: OptimizerSpec = WIDE.optimizer) =>
      floatsBeside(layers, partAt({ stage: WIDE, shares: [2, 2, 2], star }, 0), optimizer);
    const elements = vectorElements(layers);
    expect(waiting({})).to.equal(2 * elements);
    expect(waiting({ localSteps: 4 })).to.equal(2 * elements);
    expect(waiting({ filter: { type: 'significance', threshold: 1 } })).to.equal(2 * 1.5 * elements);
    const kept = Math.ceil(0.1 * 65_536) + Math.ceil(0.1 * (elements - 65_536));
    expect(waiting({ filter: { type: 'topK', share: 0.1 } })).to.equal(2 * Math.ceil(1.5 * kept));
    for (const consistency of ['ssp', 'asp']) {
      expect(waiting({ consistency })).to.equal(0);
      expect(waiting({ consistency }, { ...WIDE.optimizer, clipnorm: 1 })).to.equal(3 * elements);
    }
  });
});
