// What a board reads off its assignment.

import { expect } from 'chai';
import { stageSpecOf } from '../../node/assignment.js';
import { assignmentSchema } from '../../protocol/messages.js';
import { COMPLETE } from '../protocol/run-specs.js';

describe('stageSpecOf', () => {
  const assignment = assignmentSchema.parse({
    run: 'digits',
    generation: 0,
    position: 2,
    workers: 3,
    firstLayer: 1,
    endLayer: 3,
    window: 4,
    inputShape: [28, 28],
    spec: COMPLETE,
  });

  it('takes the stage from the assignment and the training from the run spec', () => {
    expect(stageSpecOf(assignment)).to.deep.equal({
      inputShape: [28, 28],
      layers: COMPLETE.model.layers,
      seed: 0xffffffff,
      firstLayer: 1,
      endLayer: 3,
      last: false,
      loss: 'binaryCrossEntropy',
      optimizer: COMPLETE.optimizer,
      batch: 30,
      microBatches: 5,
      schedule: 'sync',
      window: 4,
    });
  });

  it('gives the loss to position 0, where the ring ends', () => {
    expect(stageSpecOf({ ...assignment, position: 0 }).last).to.equal(true);
    expect(stageSpecOf({ ...assignment, position: 1 }).last).to.equal(false);
  });
});
