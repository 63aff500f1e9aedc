// A model that does not suit its data or its loss is refused before any board is bothered.

import { expect } from 'chai';
import { ConfigurationError } from '../../errors.js';
import { checkModel } from '../../master/check-model.js';
import { type FakeSourceOptions, fakeSource } from '../support/fake-source.js';
import { smallRun, specOf } from '../support/specs.js';

function check(layers: object[], loss: string, source: FakeSourceOptions = {}): () => void {
  return () => checkModel(specOf(smallRun({}, { model: { layers }, loss })), fakeSource(source));
}

const dense = (units: number, activation?: string) => ({ type: 'dense', units, ...(activation && { activation }) });

describe('model check', () => {
  it('accepts a model that suits', () => {
    expect(check([dense(8, 'relu'), dense(3)], 'softmaxCrossEntropy')).not.to.throw();
    expect(check([dense(5)], 'softmaxCrossEntropy')).not.to.throw(); // more units than classes do no harm
    expect(check([dense(1)], 'meanSquaredError', { classNames: undefined })).not.to.throw();
    expect(check([dense(1)], 'binaryCrossEntropy', { classNames: ['no', 'yes'] })).not.to.throw();
  });

  it('refuses probabilities where the loss takes logits', () => {
    expect(check([dense(3, 'softmax')], 'softmaxCrossEntropy')).to.throw(ConfigurationError, 'takes logits');
  });

  it('refuses outputs of another shape than the targets', () => {
    expect(check([dense(2)], 'meanSquaredError', { classNames: undefined })).to.throw(
      ConfigurationError,
      "the model's outputs have shape [2], but fake has targets of shape [1]",
    );
  });

  it('refuses classes without names, and fewer units than classes', () => {
    expect(check([dense(3)], 'softmaxCrossEntropy', { classNames: undefined })).to.throw(
      ConfigurationError,
      'fake has numbers as targets',
    );
    expect(check([dense(2)], 'softmaxCrossEntropy'))
      .to.throw(ConfigurationError, 'the model tells 2 classes apart, but fake has 3')
      .with.property('remedy', 'Give the last dense layer 3 units.');
  });

  it('refuses classes where the loss takes numbers, or just two of them', () => {
    expect(check([dense(1)], 'binaryCrossEntropy'))
      .to.throw(ConfigurationError, 'binaryCrossEntropy takes exactly 2 classes, but fake has 3')
      .with.property('remedy')
      .that.includes('softmaxCrossEntropy');
    expect(check([dense(1)], 'binaryCrossEntropy', { classNames: ['only'] })).to.throw('but fake has 1');
    expect(check([dense(1)], 'meanSquaredError'))
      .to.throw(ConfigurationError, 'meanSquaredError takes numbers as targets, but fake has 3 classes')
      .with.property('remedy')
      .that.includes('data.task to regression');
    expect(check([dense(1)], 'binaryCrossEntropy', { classNames: undefined })).not.to.throw();
  });

  it('names the layer that cannot take its input', () => {
    expect(check([dense(3)], 'softmaxCrossEntropy', { sampleShape: [2, 2] })).to.throw(/layers\[0\]/);
  });
});
