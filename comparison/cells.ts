// The results of a comparison by contestant and number of boards: a cell holds the rounds of one.

import type { Mode } from '../protocol/run-spec.js';
import { boardsText } from './format.js';
import type { Measure } from './measures.js';
import type { RunFigures, RunResult } from './result.js';
import { type Spread, spreadOf } from './spread.js';
import type { Target } from './target.js';

export interface Cell {
  readonly contestant: string;
  readonly title: string;
  readonly mode: Mode;
  readonly boards: number;
  readonly results: readonly RunResult[];
  /** Of all rounds; none where any of them failed: those that finished may be the lucky ones. */
  readonly figures: readonly RunFigures[];
}

/** In the order of the results, by number of boards. */
export function cellsOf(results: readonly RunResult[]): Cell[] {
  const groups = new Map<string, RunResult[]>();
  for (const result of results) {
    const key = `${result.contestant} ${result.boards}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const cells = [...groups.values()].map((group) => {
    const { contestant, title, mode, boards } = group[0] as RunResult;
    const hasFailed = group.some(({ outcome }) => outcome === 'failed');
    const figures = group.flatMap(({ outcome, figures }) => (outcome === 'finished' && figures ? figures : []));
    return { contestant, title, mode, boards, results: group, figures: hasFailed ? [] : figures };
  });
  return cells.sort((a, b) => a.boards - b.boards);
}

export function spreadIn({ figures }: Cell, measure: Measure, target: Target | null): Spread | null {
  return spreadOf(figures.map((each) => measure.of(each, target)));
}

export function contestantsOf(cells: readonly Cell[]): Pick<Cell, 'contestant' | 'title' | 'mode'>[] {
  const byName = new Map(cells.map(({ contestant, title, mode }) => [contestant, { contestant, title, mode }]));
  return [...byName.values()];
}

export function boardCounts(cells: readonly Cell[]): number[] {
  return [...new Set(cells.map(({ boards }) => boards))].sort((a, b) => a - b);
}

/** `star-asp failed at 4 boards in 1 of 3 rounds`, of each cell for which that is so. */
export function failureTexts(cells: readonly Cell[]): string[] {
  return cells.flatMap(({ contestant, boards, results }) => {
    const failed = results.filter(({ outcome }) => outcome === 'failed').length;
    const rounds = results.length === 1 ? '' : ` in ${failed} of ${results.length} rounds`;
    return failed === 0 ? [] : [`${contestant} failed at ${boardsText(boards)}${rounds}`];
  });
}

/** How many there are of each run; 0 where there is none. */
export function roundsOf(results: readonly Pick<RunResult, 'round'>[]): number {
  return Math.max(0, ...results.map(({ round }) => round));
}
