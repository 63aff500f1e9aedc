// What the nodes of a run counted in generations that are over: it is not lost with them, and told with the figures of
// the last one.

import { type NodeFigures, sumOfFigures } from '../../protocol/node-figures.js';
import type { BoardFigures } from '../../protocol/run-messages.js';

export class EarlierCounts {
  private readonly figures = new Map<string, NodeFigures>();
  /** Of a generation that is over, as its boards told while it was on: what they tell when they give it up is newer. */
  private readonly told = new Map<string, NodeFigures>();

  add(agent: string, counted: NodeFigures): void {
    const before = this.figures.get(agent);
    this.figures.set(agent, before ? sumOfFigures(before, counted) : counted);
  }

  /** Of a generation that ends, unless its board tells something newer before the next one does. */
  hold(agent: string, told: NodeFigures): void {
    this.told.set(agent, told);
  }

  /**
   * Adds up what the generation before has counted.
   * @param last of boards that have given up their positions; null figures of those that had none
   * @returns what was added, by agent
   */
  settle(last: readonly Pick<BoardFigures, 'agent' | 'figures'>[]): ReadonlyMap<string, NodeFigures> {
    const counted = new Map(this.told);
    this.told.clear();
    for (const { agent, figures } of last) if (figures !== null) counted.set(agent, figures);
    for (const [agent, figures] of counted) this.add(agent, figures);
    return counted;
  }

  /** What a board told at the end of the run, and what it had counted before. */
  sumWith(board: BoardFigures): BoardFigures {
    const last = board.figures ?? this.told.get(board.agent) ?? null;
    const before = this.figures.get(board.agent);
    if (before === undefined) return { ...board, figures: last };
    return { ...board, figures: last === null ? before : sumOfFigures(before, last) };
  }
}
