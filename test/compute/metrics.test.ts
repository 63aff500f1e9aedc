// Metrics are sums over samples; what accuracy means depends on the loss.

import { expect } from 'chai';
import fc from 'fast-check';
import { metricOf } from '../../compute/metrics.js';
import { ConfigurationError } from '../../errors.js';

describe('accuracy', () => {
  const classes = metricOf('accuracy', 'softmaxCrossEntropy');
  const sides = metricOf('accuracy', 'binaryCrossEntropy');
  const floats = (...values: number[]) => Float32Array.from(values);

  it('counts samples whose largest logit is at the label', () => {
    expect(classes.sum(floats(1, 3, 2, /**/ 5, 4, 0, /**/ 0, 0, 1), floats(1, 1, 2), 3)).to.equal(2);
  });

  it('takes the first of equal logits, as argmax does', () => {
    expect(classes.sum(floats(1, 1, 0, /**/ 1, 1, 0), floats(0, 1), 2)).to.equal(1);
  });

  it('agrees with argmax', () => {
    const logits = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(logits, fc.nat({ max: 4 }), (row, label) => {
        const argmax = row.indexOf(Math.max(...row));
        expect(classes.sum(floats(...row), floats(label), 1)).to.equal(argmax === label ? 1 : 0);
      }),
      { seed: 1 },
    );
  });

  it('counts outputs that are not numbers as wrong', () => {
    for (const label of [0, 1]) {
      expect(classes.sum(floats(Number.NaN, Number.NaN), floats(label), 1)).to.equal(0);
      expect(classes.sum(floats(0, Number.NaN), floats(label), 1)).to.equal(0);
      expect(sides.sum(floats(Number.NaN), floats(label), 1)).to.equal(0);
    }
  });

  it('of yes-and-no outputs puts the threshold of the logit at 0', () => {
    expect(sides.sum(floats(2, -1, 0, -3), floats(1, 1, 0, 0), 4)).to.equal(3);
  });

  it('of several yes-and-no outputs is a share of each sample', () => {
    expect(sides.sum(floats(2, -1, /**/ 1, 1), floats(1, 1, /**/ 1, 1), 2)).to.equal(1.5);
  });

  it('says nothing under meanSquaredError', () => {
    expect(() => metricOf('accuracy', 'meanSquaredError'))
      .to.throw(ConfigurationError, 'got meanSquaredError')
      .with.property('remedy')
      .that.matches(/mae/);
  });
});

describe('mae', () => {
  it('adds up the mean absolute error of each sample', () => {
    const mae = metricOf('mae', 'meanSquaredError');
    expect(mae.sum(Float32Array.of(1, 2, 3, 4), Float32Array.of(0, 4, 3, 3), 2)).to.equal(1.5 + 0.5);
  });

  it('says nothing about logits', () => {
    for (const loss of ['softmaxCrossEntropy', 'binaryCrossEntropy'] as const) {
      expect(() => metricOf('mae', loss)).to.throw(ConfigurationError, loss);
    }
  });
});
