import { expect } from 'chai';
import fc from 'fast-check';
import { PIECE_ELEMENTS, piecesOf } from '../../node/pieces.js';

describe('piecesOf', () => {
  it('is one piece for a small model, and none for none', () => {
    expect(piecesOf(7)).to.deep.equal([{ index: 0, start: 0, end: 7 }]);
    expect(piecesOf(0)).to.deep.equal([]);
    expect(piecesOf(PIECE_ELEMENTS)).to.have.length(1);
  });

  it('covers every element once, in order, in pieces of one size but the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000_000 }), (elements) => {
        const pieces = piecesOf(elements);
        expect(pieces[0]?.start).to.equal(0);
        expect(pieces.at(-1)?.end).to.equal(elements);
        for (const [at, { index, start, end }] of pieces.entries()) {
          expect(index).to.equal(at);
          expect(end).to.be.above(start);
          if (at + 1 < pieces.length)
            expect(end)
              .to.equal(pieces[at + 1]?.start)
              .and.equal(start + PIECE_ELEMENTS);
        }
      }),
      { seed: 1 },
    );
  });
});
