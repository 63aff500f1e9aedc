// How a kind scales: how many times as fast a contestant is as itself on the fewest boards, and at which number of boards
// each kind is fastest and takes the least energy, which may be one.

import type { Mode } from '../protocol/run-spec.js';
import { type Cell, spreadIn } from './cells.js';
import { boardsText, plainFigure } from './format.js';
import { joulesToTarget, type Measure, secondsToTarget } from './measures.js';
import type { RunFigures } from './result.js';
import { reaches, type Target } from './target.js';

/** In the time to the target, round by round, for the rounds differ in their seed. */
export function speedup(cells: readonly Cell[], fewest: number, target: Target | null): Measure {
  const before = new Map<string, number | null>();
  const keys = new Map<RunFigures, string>();
  for (const { contestant, boards, results } of cells) {
    for (const { round, figures } of results) {
      if (figures === null) continue;
      keys.set(figures, `${contestant} ${round}`);
      if (boards === fewest) before.set(`${contestant} ${round}`, secondsToTarget.of(figures, target));
    }
  }
  return {
    key: 'speedup',
    title: `Times as fast as on ${boardsText(fewest)}`,
    better: 'more',
    of: (figures) => {
      const [first, now] = [before.get(keys.get(figures) ?? ''), secondsToTarget.of(figures, target)];
      return first == null || now === null ? null : first / now;
    },
    format: plainFigure,
  };
}

/** `The ring is fastest at 4 boards (3.55 s) and takes the least energy at 1 board (29.3 J modelled).` */
export function bestNumbers(cells: readonly Cell[], target: Target | null): string[] {
  return (['ring', 'star'] as const).flatMap((mode) => {
    const able = cells.filter((cell) => cell.mode === mode && reaches(cell, target));
    const fastest = leastOf(able, secondsToTarget, target);
    const thriftiest = leastOf(able, joulesToTarget, target);
    const parts = [
      ...(fastest === null ? [] : [`is fastest at ${fastest}`]),
      ...(thriftiest === null ? [] : [`takes the least energy at ${thriftiest}`]),
    ];
    return parts.length === 0 || numbersOf(cells, mode) < 2 ? [] : [`The ${mode} ${parts.join(' and ')}.`];
  });
}

function leastOf(cells: readonly Cell[], measure: Measure, target: Target | null): string | null {
  const found = cells.flatMap((cell) => {
    const value = spreadIn(cell, measure, target)?.median;
    return value === undefined ? [] : [{ cell, value }];
  });
  const [least] = found.sort((a, b) => a.value - b.value);
  if (least === undefined) return null;
  const sources = new Set(least.cell.figures.flatMap((each) => measure.sourceOf?.(each) ?? []));
  return `${boardsText(least.cell.boards)} (${[measure.format(least.value), ...sources].join(' ')})`;
}

function numbersOf(cells: readonly Cell[], mode: Mode): number {
  return new Set(cells.filter((cell) => cell.mode === mode).map(({ boards }) => boards)).size;
}
