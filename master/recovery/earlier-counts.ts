// What the nodes of a run counted in generations that are over: it is not lost with them, and told with the figures of
// the last one.

import { type NodeFigures, sumOfFigures } from '../../protocol/node-figures.js';
import type { BoardFigures } from '../../protocol/run-messages.js';

export class EarlierCounts {
  private readonly figures = new Map<string, NodeFigures>();

  add(agent: string, counted: NodeFigures): void {
    const before = this.figures.get(agent);
    this.figures.set(agent, before ? sumOfFigures(before, counted) : counted);
  }

  /** What a board told last, and what it had counted before. */
  sumWith(board: BoardFigures): BoardFigures {
    const before = this.figures.get(board.agent);
    if (before === undefined) return board;
    return { ...board, figures: board.figures === null ? before : sumOfFigures(before, board.figures) };
  }
}
