// How much faster a kind becomes with more boards: its best time at the fewest boards over that at the most.

import type { Mode } from '../protocol/run-spec.js';
import { boardCounts, type Cell, spreadIn } from './cells.js';
import { boardsText, plainFigure } from './format.js';
import { secondsToTarget } from './measures.js';
import type { Target } from './target.js';

/** A sentence, or none where there is only one number of boards. */
export function speedups(cells: readonly Cell[], target: Target | null): string[] {
  const numbers = boardCounts(cells);
  const [fewest, most] = [numbers[0], numbers.at(-1)];
  if (fewest === undefined || most === undefined || fewest === most) return [];
  const parts = (['ring', 'star'] as const).flatMap((mode) => {
    const [before, after] = [bestSeconds(cells, mode, fewest, target), bestSeconds(cells, mode, most, target)];
    return before === null || after === null ? [] : [`the ${mode} ${plainFigure(before / after)} times as fast`];
  });
  return parts.length === 0 ? [] : [`With ${boardsText(most)} instead of ${fewest} ${parts.join(', ')}.`];
}

function bestSeconds(cells: readonly Cell[], mode: Mode, boards: number, target: Target | null): number | null {
  const present = cells.filter((cell) => cell.mode === mode && cell.boards === boards);
  const times = present.flatMap((cell) => spreadIn(cell, secondsToTarget, target)?.median ?? []);
  return times.length === 0 ? null : Math.min(...times);
}
