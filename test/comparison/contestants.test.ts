import { expect } from 'chai';
import { VARIANTS } from '../../cli/commands/compare.js';
import { contestantOf, DEFAULT_VARIANTS, KNOWN_VARIANTS, variantsNamed } from '../../comparison/contestants.js';
import { runSpecSchema } from '../../protocol/run-spec.js';

const BASE = runSpecSchema.parse({
  name: 'digits',
  seed: 7,
  data: { source: 'mnist' },
  model: { layers: [{ type: 'dense', units: 10 }] },
  loss: 'softmaxCrossEntropy',
  training: { batch: 64, epochs: 3 },
  star: { filter: { type: 'topK', share: 0.2 } },
});

describe('contestants', () => {
  it('are those that the help names', () => {
    expect(KNOWN_VARIANTS.map(({ name }) => name)).to.deep.equal([...VARIANTS]);
    expect(variantsNamed(DEFAULT_VARIANTS)).to.have.length(DEFAULT_VARIANTS.length);
  });

  for (const variant of KNOWN_VARIANTS) {
    it(`${variant.name} differs from the run file in architecture alone`, () => {
      const { spec, mode } = contestantOf(variant, BASE);
      expect(mode).to.equal(variant.name.startsWith('ring') ? 'ring' : 'star');
      const { mode: _, star: __, training, ...others } = spec;
      const { mode: ___, star: ____, training: given, ...rest } = BASE;
      expect(others).to.deep.equal(rest);
      expect({ ...training, schedule: given.schedule }).to.deep.equal(given);
    });
  }

  it('with another type of thing have none of its keys', () => {
    const [star] = variantsNamed(['star']);
    expect(contestantOf(star!, BASE).spec.star.filter).to.deep.equal({ type: 'none' });
  });

  it('say what they may not change', () => {
    const variant = { name: 'odd', title: 'odd', overrides: { training: { shedule: 'sync' } } };
    expect(() => contestantOf(variant, BASE)).to.throw(/variant odd: training\.shedule .*did you mean "schedule"/);
  });

  it('are known, and take part once', () => {
    expect(() => variantsNamed(['rnig']))
      .to.throw(/no variant "rnig"/)
      .with.property('remedy')
      .that.includes('ring, ring-async, star');
    expect(() => variantsNamed(['ring', 'star', 'ring'])).to.throw('the variant ring is named twice');
  });

  it('of a file come before known ones of the same name', () => {
    const own = { name: 'ring', title: 'mine', overrides: { mode: 'ring', wire: { activations: 'f16' } } };
    const [variant] = variantsNamed(['ring'], [own]);
    expect(contestantOf(variant!, BASE).spec.wire.activations).to.equal('f16');
  });
});
