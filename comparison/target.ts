// The accuracy up to which time and energy are counted. Unless it is asked for, it is what all serious
// contestants reach: just below the worst of them, so that nobody is judged by the noise of the last epoch.

import type { Mode } from '../protocol/run-spec.js';
import { boardCounts, type Cell } from './cells.js';
import { directionOf, secondsTo } from './curves.js';
import { boardsText, list, metricText } from './format.js';

export interface Target {
  readonly metric: string;
  readonly value: number;
  /** How it came to be, as a sentence. */
  readonly why: string;
}

/** Half a point of accuracy, or half a per cent of an error. */
const MARGIN = 0.005;
/** Who ends so far behind the best has not learned the task, and would make the target a trifle. */
const FAR_BEHIND = 0.05;

/** @returns null where nothing was evaluated */
export function chooseTarget(cells: readonly Cell[], asked: number | undefined): Target | null {
  const metric = cells.flatMap(({ figures }) => figures)[0]?.metric;
  if (metric === undefined) return null;
  const boards = numberFor(cells);
  if (asked !== undefined) return { metric, value: asked, why: 'It was asked for with --target.' };
  return boards === undefined ? null : derived(metric, boards, finalsAt(cells, boards));
}

/** The most boards at which both kinds finished, or else at which any did. */
function numberFor(cells: readonly Cell[]): number | undefined {
  const kindsAt = (count: number) => new Set(finalsAt(cells, count).map(({ mode }) => mode)).size;
  const numbers = boardCounts(cells);
  return numbers.findLast((count) => kindsAt(count) > 1) ?? numbers.findLast((count) => kindsAt(count) > 0);
}

interface Final {
  readonly contestant: string;
  readonly mode: Mode;
  readonly value: number;
}

function finalsAt(cells: readonly Cell[], boards: number): Final[] {
  const present = cells.filter((cell) => cell.boards === boards);
  return present.flatMap(({ contestant, mode, figures }) =>
    figures.flatMap(({ evaluations }) => {
      const value = evaluations.at(-1)?.value;
      return value === undefined ? [] : [{ contestant, mode, value }];
    }),
  );
}

function derived(metric: string, boards: number, finals: readonly Final[]): Target {
  const up = directionOf(metric) === 'up';
  const sorted = [...finals].sort((a, b) => (up ? b.value - a.value : a.value - b.value));
  const best = (sorted[0] as Final).value;
  const limit = up ? best - FAR_BEHIND : best * (1 + FAR_BEHIND);
  const serious = sorted.filter(({ value }) => (up ? value >= limit : value <= limit));
  const worst = serious.at(-1) as Final;
  const value = up ? worst.value - MARGIN : worst.value * (1 + MARGIN);
  const left = [...new Set(sorted.filter((each) => !serious.includes(each)).map(({ contestant }) => contestant))];
  return { metric, value, why: reason({ metric, boards, worst, left }) };
}

interface Grounds {
  readonly metric: string;
  readonly boards: number;
  readonly worst: Final;
  readonly left: readonly string[];
}

function reason({ metric, boards, worst, left }: Grounds): string {
  const margin = metric === 'accuracy' ? '0.5 points below' : '0.5 % above';
  const whose = `what the worst contestant ends with at ${boardsText(boards)} (${worst.contestant})`;
  const first = `It is ${margin} ${metricText(metric, worst.value)}, ${whose}, so that the noise of the last epoch judges nobody.`;
  if (left.length === 0) return first;
  return `${first} Left out of this: ${list(left)}, more than ${metric === 'accuracy' ? '5 points' : '5 %'} behind the best.`;
}

/** Whether every round that finished came so far. */
export function reaches({ figures }: Cell, target: Target | null): boolean {
  if (target === null) return figures.length > 0;
  const direction = directionOf(target.metric);
  return (
    figures.length > 0 && figures.every(({ evaluations }) => secondsTo(target.value, evaluations, direction) !== null)
  );
}

export function targetText(target: Target): string {
  return `${target.metric} ${metricText(target.metric, target.value)}`;
}
