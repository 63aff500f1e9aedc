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

  it('train the same, whatever a file says', () => {
    const seeded = { name: 'lucky', title: 'lucky', overrides: { mode: 'ring', seed: 2 } };
    expect(() => contestantOf(seeded, BASE)).to.throw('variant lucky: seed must be the same for all contestants');
    const short = { name: 'short', title: 'short', overrides: { training: { epochs: 1 } } };
    expect(() => contestantOf(short, BASE)).to.throw('variant short: training.epochs must be the same');
    const finer = { name: 'finer', title: 'finer', overrides: { training: { microBatches: 8 } } };
    expect(contestantOf(finer, BASE).spec.training.microBatches).to.equal(8);
  });

  it('have the mode that their name says, where the report speaks of the plain ring and the plain star', () => {
    const odd = { name: 'ring', title: 'odd', overrides: { mode: 'star' } };
    expect(() => contestantOf(odd, BASE)).to.throw('variant ring has mode star');
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
