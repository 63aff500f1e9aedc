import { expect } from 'chai';
import { type Card, cardsFor, type Row, writeRow } from '../../../cli/flash/row-of-cards.js';
import { ConfigurationError } from '../../../errors.js';

const BOARDS = ['pi-1', 'pi-2', 'pi-3'];

describe('cards for boards', () => {
  it('are one for each, or all in one place', () => {
    expect(cardsFor(BOARDS, ['a', 'b', 'c']).map(({ target }) => target)).to.deep.equal(['a', 'b', 'c']);
    expect(cardsFor(BOARDS, ['a']).map(({ target }) => target)).to.deep.equal(['a', 'a', 'a']);
    expect(cardsFor(['pi-1'], ['a'])).to.deep.equal([{ board: 'pi-1', target: 'a' }]);
  });

  it('must come out even, and be different', () => {
    expect(() => cardsFor(BOARDS, ['a', 'b'])).to.throw(ConfigurationError, '3 boards do not go to 2 targets: a, b');
    expect(() => cardsFor(BOARDS, ['a', 'b', 'a'])).to.throw(ConfigurationError, '3 targets: a, b, a');
    expect(() => cardsFor([], ['a'])).to.throw(ConfigurationError, 'no board');
  });
});

/** A slot into which cards are put: what is in it changes at each pause. */
function slot(sequence: readonly (string | null | undefined)[]) {
  const log: string[] = [];
  let index = 0;
  let inside = sequence[0];
  const row: Row = {
    boardAt: async () => inside,
    write: async ({ board }: Card) => {
      log.push(`write ${board}`);
      inside = board;
    },
    ask: ({ board }) => log.push(`ask for ${board}`),
    pause: async () => {
      index += 1;
      if (index >= sequence.length) throw new Error('nobody puts in another card');
      inside = sequence[index];
    },
  };
  return { row, log };
}

describe('a row of cards', () => {
  it('is written one by one as they come, in the order of the boards', async () => {
    const out = undefined;
    const blank = null;
    const { row, log } = slot([blank, 'pi-1', out, out, blank, 'pi-2', 'pi-1', out, blank]);
    await writeRow(cardsFor(BOARDS, ['/media/boot']), row);
    expect(log).to.deep.equal(['write pi-1', 'ask for pi-2', 'write pi-2', 'ask for pi-3', 'write pi-3']);
  });

  it('takes a card that was written on another day', async () => {
    const { row, log } = slot(['pi-3', 'pi-1', 'pi-2', null]);
    await writeRow(cardsFor(BOARDS, ['/media/boot']), row);
    expect(log.filter((line) => line.startsWith('write'))).to.deep.equal(['write pi-1', 'write pi-2', 'write pi-3']);
  });

  it('waits for the first card, too', async () => {
    const { row, log } = slot([undefined, undefined, null, undefined, null, undefined, null]);
    await writeRow(cardsFor(BOARDS, ['/media/boot']), row);
    expect(log[0]).to.equal('ask for pi-1');
    expect(log.at(-1)).to.equal('write pi-3');
  });

  it('waits for none where each board has a target of its own', async () => {
    const { row, log } = slot([undefined]);
    await writeRow(cardsFor(BOARDS, ['a', 'b', 'c']), row);
    expect(log).to.deep.equal(['write pi-1', 'write pi-2', 'write pi-3']);
  });

  it('writes no card twice', async () => {
    const { row, log } = slot([null, 'pi-1', 'pi-1', 'pi-1']);
    const error = await writeRow(cardsFor(BOARDS, ['/media/boot']), row).catch((reason: Error) => reason);
    expect(error).to.have.property('message', 'nobody puts in another card');
    expect(log).to.deep.equal(['write pi-1', 'ask for pi-2']);
  });
});
