// Many boards: each to a target of its own, or one card after the other to the same place. There a card is the next one
// once it is a boot partition that holds none of the boards that have been written.

import { ConfigurationError } from '../../errors.js';

export interface Card {
  readonly board: string;
  readonly target: string;
}

/** @throws ConfigurationError unless there is one target, or one for each board */
export function cardsFor(boards: readonly string[], targets: readonly string[]): Card[] {
  if (boards.length === 0) {
    throw new ConfigurationError('there is no board to write', { remedy: 'Add one with `ringtmp fleet add <board>`.' });
  }
  if (new Set(targets).size !== targets.length || (targets.length !== 1 && targets.length !== boards.length)) {
    throw new ConfigurationError(
      `${boards.length} boards do not go to ${targets.length} targets: ${targets.join(', ')}`,
      {
        remedy: `Name ${boards.length} different ones, or one where the cards are put in one after the other.`,
      },
    );
  }
  return boards.map((board, index) => ({ board, target: targets[index] ?? (targets[0] as string) }));
}

export interface Row {
  /** Which board's files a target holds; undefined while it is no boot partition. */
  readonly boardAt: (target: string) => Promise<string | null | undefined>;
  readonly write: (card: Card) => Promise<void>;
  /** Told once for each card that is waited for. */
  readonly ask: (card: Card) => void;
  /** Rejects when nobody wants to wait any longer. */
  readonly pause: () => Promise<void>;
}

export async function writeRow(cards: readonly Card[], { boardAt, write, ask, pause }: Row): Promise<void> {
  const written = new Set<string>();
  const isSame = new Set(cards.map(({ target }) => target)).size < cards.length;
  for (const card of cards) {
    const isNext = async (): Promise<boolean> => {
      const board = await boardAt(card.target);
      return board !== undefined && !(board !== null && written.has(board));
    };
    if (isSame && !(await isNext())) {
      ask(card);
      do await pause();
      while (!(await isNext()));
    }
    await write(card);
    written.add(card.board);
  }
}
