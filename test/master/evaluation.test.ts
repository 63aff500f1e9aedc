// An evaluation is the sum of its micro-batches over the samples that count.

import { expect } from 'chai';
import { Evaluation } from '../../master/evaluation.js';

describe('evaluation', () => {
  it('is complete with its last micro-batch, and begins anew', () => {
    const evaluation = new Evaluation('accuracy', 2);
    const part = { step: 3, samples: 4, lossSum: 2, metricSum: 3 };
    expect(evaluation.add(part)).to.equal(null);
    expect(evaluation.add({ ...part, samples: 1, lossSum: 0.5, metricSum: 1 })).to.deep.equal({
      step: 3,
      loss: 0.5,
      metric: 'accuracy',
      value: 0.8,
      samples: 5,
    });
    expect(evaluation.add(part)).to.equal(null);
    expect(evaluation.add({ ...part, step: 6 })).to.include({ step: 6, samples: 8, value: 0.75 });
  });
});
