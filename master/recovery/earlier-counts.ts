// What the nodes of a run counted in generations that are over: it is not lost with them, and told with the figures of
// the last one. Each board owes the figures of the generation that ended, once: until it gives its position up, what it told
// last stands for them.

import type { PositionEnergy } from '../../protocol/energy.js';
import { sumOfFigures } from '../../protocol/node-figures.js';
import type { BoardFigures } from '../../protocol/run-messages.js';

/** Null figures of a board that has told none. */
type Told = Pick<BoardFigures, 'agent' | 'position' | 'figures'>;

export class EarlierCounts {
  private readonly counts = new Map<string, Told>();
  private readonly owed = new Map<string, Told>();

  /** In a generation that is over. */
  add({ agent, position, figures }: Told): void {
    if (figures === null) return;
    const before = this.counts.get(agent)?.figures ?? null;
    this.counts.set(agent, { agent, position, figures: before ? sumOfFigures(before, figures) : figures });
  }

  /** A generation ends, in which it had a part. @param told the last of its figures that are known */
  owe(told: Told): void {
    const before = this.owed.get(told.agent);
    if (before !== undefined && told.figures !== null) this.add(before);
    if (before === undefined || told.figures !== null) this.owed.set(told.agent, told);
  }

  /** It has given its position up. @param figures null where it had none any more */
  settle({ agent, figures }: Pick<Told, 'agent' | 'figures'>): void {
    const owed = this.owed.get(agent);
    if (owed === undefined) return; // counted before
    this.owed.delete(agent);
    this.add({ ...owed, figures: figures ?? owed.figures });
  }

  /** Nobody asks the others: they have no part in what comes. */
  settleAllBut(agents: readonly string[]): void {
    for (const agent of [...this.owed.keys()]) if (!agents.includes(agent)) this.settle({ agent, figures: null });
  }

  energies(): PositionEnergy[] {
    return [...this.counts.values(), ...this.owed.values()].flatMap(({ position, figures }) =>
      figures === null ? [] : [{ position, energy: figures.energy }],
    );
  }

  /** What a board told at the end of the run, and what it had counted before. */
  sumWith(board: BoardFigures): BoardFigures {
    const last = board.figures ?? this.owed.get(board.agent)?.figures ?? null;
    const before = this.counts.get(board.agent)?.figures ?? null;
    return { ...board, figures: before && last ? sumOfFigures(before, last) : (before ?? last) };
  }
}
