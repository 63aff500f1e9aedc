// The results of a comparison by contestant and number of boards: a cell holds the rounds of one.

import type { Mode } from '../protocol/run-spec.js';
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
  /** Of the rounds that finished. */
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
    const figures = group.flatMap(({ outcome, figures }) => (outcome === 'finished' && figures ? figures : []));
    return { contestant, title, mode, boards, results: group, figures };
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

/** How many there are of each run; 0 where there is none. */
export function roundsOf(results: readonly Pick<RunResult, 'round'>[]): number {
  return Math.max(0, ...results.map(({ round }) => round));
}
