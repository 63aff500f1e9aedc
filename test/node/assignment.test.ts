// What a board reads off its assignment.

import { expect } from 'chai';
import { stageSpecOf } from '../../node/assignment.js';
import { assignmentSchema } from '../../protocol/assignment.js';
import { COMPLETE } from '../protocol/run-specs.js';

const SPEC = { ...COMPLETE, mode: 'ring' };

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
    spec: SPEC,
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
      window: 5,
    });
  });

  it('has room for the largest window of the schedule', () => {
    const { spec } = assignment;
    const training = { ...spec.training, schedule: 'async' as const };
    expect(stageSpecOf({ ...assignment, spec: { ...spec, training } }).window).to.equal(6);
  });

  it('gives the loss to position 0, where the ring ends', () => {
    expect(stageSpecOf({ ...assignment, position: 0 }).last).to.equal(true);
    expect(stageSpecOf({ ...assignment, position: 1 }).last).to.equal(false);
  });
});
