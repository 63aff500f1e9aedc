import { expect } from 'chai';
import { type Definition, differenceOf, hashOf } from '../../comparison/definition.js';

const ONE: Definition = {
  version: '1',
  boards: 2,
  round: 1,
  profile: null,
  masterProfile: null,
  dilation: 1,
  spec: { training: { batch: 64, epochs: 3 }, seed: 1 },
};

describe('the definition of a run', () => {
  it('has the same hash whatever the order of its keys', () => {
    const other = { ...ONE, spec: { seed: 1, training: { epochs: 3, batch: 64 } } };
    expect(hashOf(other)).to.equal(hashOf(ONE));
    expect(differenceOf(ONE, other)).to.equal(null);
  });

  const CHANGES: readonly [Partial<Definition>, string][] = [
    [{ version: '2' }, 'version'],
    [{ dilation: 2 }, 'dilation'],
    [{ profile: { name: 'pi-4' } }, 'profile'],
    [{ spec: { training: { batch: 32, epochs: 3 }, seed: 1 } }, 'spec.training.batch'],
    [{ spec: { training: { batch: 64 }, seed: 1 } }, 'spec.training.epochs'],
  ];
  for (const [change, key] of CHANGES) {
    it(`changes with ${key}`, () => {
      const other = { ...ONE, ...change };
      expect(hashOf(other)).not.to.equal(hashOf(ONE));
      expect(differenceOf(ONE, other)?.key).to.equal(key);
    });
  }

  it('says what was there and what is here', () => {
    expect(differenceOf({ a: [1, 2] }, { a: [1, 3] })).to.deep.equal({ key: 'a.1', there: '2', here: '3' });
    expect(differenceOf({ a: 'x' }, {})).to.deep.equal({ key: 'a', there: '"x"', here: 'null' });
  });
});
