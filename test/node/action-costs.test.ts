// What the actions of a stage cost on paper.

import { expect } from 'chai';
import { actionCosts } from '../../node/action-costs.js';
import { type StageSpec, stageOf } from '../../node/build.js';

const MICRO_BATCH = 4;
const SPEC: StageSpec = {
  inputShape: [2, 3],
  layers: [
    { type: 'flatten' },
    { type: 'dense', units: 5, useBias: false },
    { type: 'dense', units: 2, useBias: false },
  ],
  seed: 1,
  firstLayer: 0,
  endLayer: 3,
  last: false,
  loss: 'softmaxCrossEntropy',
  optimizer: { type: 'sgd', momentum: 0.9 },
  batch: 2 * MICRO_BATCH,
  microBatches: 2,
  schedule: 'sync',
  window: 2,
};
const FIRST = 2 * 6 * 5;
const SECOND = 2 * 5 * 2;

const costs = (changes: Partial<StageSpec> = {}) => actionCosts(stageOf({ ...SPEC, ...changes }));

describe('the costs of a stage', () => {
  it('are one product a layer forward, two backward, and one where nobody wants the gradient of the data', () => {
    expect(costs().forward.flops).to.equal(MICRO_BATCH * (FIRST + SECOND));
    expect(costs().backward.flops).to.equal(MICRO_BATCH * (FIRST + 2 * SECOND));
    expect(costs({ firstLayer: 1 }).backward.flops).to.equal(MICRO_BATCH * 2 * (FIRST + SECOND));
  });

  it('include copying in what arrives: 8 bytes an element, read and written', () => {
    expect(costs().forward.bytes).to.equal(8 * MICRO_BATCH * 6);
    expect(costs().backward.bytes).to.equal(8 * MICRO_BATCH * 2);
    expect(costs({ last: true }).backward.bytes).to.equal(0);
  });

  it('are what an update touches: weight, gradient and state, and a second version where there is one', () => {
    const parameters = 6 * 5 + 5 * 2;
    expect(costs().update).to.deep.equal({ flops: 0, bytes: 4 * parameters * 5 });
    expect(costs({ schedule: 'async' }).update.bytes).to.equal(4 * parameters * (5 + 2));
  });

  it('are none for an update that is a part of backward', () => {
    expect(costs({ microBatches: 1, optimizer: { type: 'sgd' } }).update).to.deep.equal({ flops: 0, bytes: 0 });
  });

  it('of a master without layers are copying alone', () => {
    expect(costs({ firstLayer: 3, endLayer: 3, last: true }).forward).to.deep.equal({
      flops: 0,
      bytes: 8 * MICRO_BATCH * 2,
    });
  });
});
