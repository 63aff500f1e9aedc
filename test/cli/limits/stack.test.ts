import { expect } from 'chai';
import fc from 'fast-check';
import { mostLayers, parametersIn, stackSpec, widthFor } from '../../../cli/limits/stack.js';
import { mostBoards } from '../../../master/planner.js';

const stack = { mode: 'ring', boards: 1, width: 64, engine: 'auto' } as const;

describe('the stack that grows', () => {
  it('grows by the same number of parameters with each layer', () => {
    const [first, ...others] = [1, 2, 3, 8].map((layers) => parametersIn(stackSpec({ ...stack, layers })));
    expect(first).to.equal(784 * 64 + 64 + (64 * 64 + 64) + (64 * 10 + 10));
    expect(others.map((each) => (each - first!) / (64 * 64 + 64))).to.deep.equal([1, 2, 7]);
  });

  it('has a layer for each board that shares it', () => {
    for (const boards of [1, 5, 64]) {
      const spec = stackSpec({ ...stack, boards, layers: boards });
      expect(mostBoards(spec)).to.be.at.least(boards);
      expect(mostBoards(stackSpec({ ...stack, mode: 'star', boards, layers: 1 }))).to.be.at.least(boards);
    }
  });

  it('has layers that take the given share of the memory, nearly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 64e6, max: 8e9 }),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        (memory, share) => {
          const width = widthFor(memory, share);
          expect(width % 16).to.equal(0);
          expect((12 * width * width) / (share * memory)).to.be.within(0.9, 1.1);
        },
      ),
      { seed: 19 },
    );
  });

  it('cannot be larger than its weights allow', () => {
    const [memory, share, boards] = [160e6, 0.03, 4];
    const width = widthFor(memory, share);
    expect(4 * width * width * mostLayers(boards, share)).to.be.greaterThan(0.9 * boards * memory);
  });
});
