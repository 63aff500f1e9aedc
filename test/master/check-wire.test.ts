// Data that the run's wire cannot carry are refused before any board is bothered.

import { expect } from 'chai';
import type { DataSource } from '../../data/data-source.js';
import { ConfigurationError } from '../../errors.js';
import { checkWire } from '../../master/check-wire.js';
import type { WireDtype } from '../../protocol/wire-dtypes.js';
import { fakeSource } from '../support/fake-source.js';

/** Every value of sample i is i + 1, but for those that are replaced. */
function sourceWith(value: number, which: 'train' | 'test', sample: number, at: number): DataSource {
  const source = fakeSource({ train: 600, test: 300, sampleShape: [3] });
  const split = source[which];
  return {
    ...source,
    features: ['age', 'income', 'rooms'].map((name) => ({ name, mean: 0, deviation: 1 })),
    [which]: {
      ...split,
      read: (indices: Uint32Array, samples: Float32Array, targets: Float32Array) => {
        split.read(indices, samples, targets);
        const row = indices.indexOf(sample);
        if (row >= 0) samples[3 * row + at] = value;
      },
    },
  };
}

const check = (source: DataSource, activations: WireDtype = 'f16') => {
  return () => checkWire({ activations, gradients: 'f16', parameters: 'f32' }, source);
};

describe('wire check', () => {
  it('accepts what f16 can hold, to the last value', () => {
    for (const value of [65504, -65504, 0]) expect(check(sourceWith(value, 'train', 599, 2))).not.to.throw();
  });

  it('names the value and the column that f16 cannot hold', () => {
    expect(check(sourceWith(-70_000, 'train', 299, 1)))
      .to.throw(ConfigurationError)
      .with.property(
        'message',
        'fake has -70000 in column income (training), but wire.activations is f16, which holds at most 65504',
      );
    expect(check(sourceWith(1e9, 'test', 0, 2)))
      .to.throw('fake has 1000000000 in column rooms (held-out)')
      .with.property('remedy')
      .that.includes('Normalise the data')
      .and.includes('bf16 or f32');
  });

  it('names the place within a sample that has no columns', () => {
    const { features: _, ...source } = sourceWith(65_505, 'train', 5, 1);
    expect(check(source)).to.throw('fake has 65505 in place 1 of sample 5 (training)');
  });

  it('asks nothing of data that travel in a wider dtype', () => {
    for (const dtype of ['f32', 'bf16', 'int8'] as const) {
      expect(check(sourceWith(1e30, 'train', 0, 0), dtype)).not.to.throw();
    }
  });
});
