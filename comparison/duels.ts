// One measure, at each number of boards from two on: the best of the rings against the best of the stars. Only
// who reached the target may stand for its kind, for it is easy to be quick and quiet without learning.

import type { Mode } from '../protocol/run-spec.js';
import { type Cell, spreadIn } from './cells.js';
import { list } from './format.js';
import type { Measure } from './measures.js';
import { isBetter, isBeyond, type Spread } from './spread.js';
import { reaches, type Target } from './target.js';

export interface Entry {
  readonly contestant: string;
  readonly value: Spread;
  /** Where the figure comes from; null where that goes without saying. */
  readonly source: string | null;
  /** What its one figure hides; null where that is nothing. */
  readonly detail: string | null;
}

export interface Duel {
  readonly boards: number;
  readonly ring: Entry | Absence;
  readonly star: Entry | Absence;
  /** `neither` is better by the rule of `isBeyond`; null where there was nothing to compare. */
  readonly winner: Mode | 'neither' | null;
}

/** Why a kind has no value, as what follows "no ring" or "no star". */
export interface Absence {
  readonly absent: 'took part' | 'was possible' | 'tells it' | 'finished' | 'reached the target';
}

export function isEntry(side: Entry | Absence): side is Entry {
  return 'value' in side;
}

export interface DuelRule {
  /** A kind that cannot have so many boards at all has lost there: so it is where growing is what counts. */
  readonly impossibleLoses?: boolean;
  /** The fewest boards that say something; 2 unless told, for one board is neither ring nor star. */
  readonly from?: number;
}

/** @param numbers of boards, of all cells */
export function duelsOf(
  cells: readonly Cell[],
  numbers: readonly number[],
  measure: Measure,
  target: Target | null,
  { impossibleLoses = false, from = 2 }: DuelRule = {},
): Duel[] {
  const hasLost = (side: Entry | Absence): boolean =>
    !isEntry(side) && (side.absent === 'reached the target' || (impossibleLoses && side.absent === 'was possible'));
  const counted = numbers.filter((boards) => boards >= from);
  return counted.map((boards) => {
    const side = (mode: Mode): Entry | Absence => {
      const ofMode = cells.filter((cell) => cell.mode === mode && cell.boards === boards);
      return bestOf(ofMode, measure, target);
    };
    const [ring, star] = [side('ring'), side('star')];
    return { boards, ring, star, winner: winnerOf(ring, star, measure, hasLost) };
  });
}

function bestOf(cells: readonly Cell[], measure: Measure, target: Target | null): Entry | Absence {
  if (cells.length === 0) return { absent: 'took part' };
  const finished = cells.filter(({ figures }) => figures.length > 0);
  if (finished.length === 0) return { absent: cells.every(isImpossible) ? 'was possible' : 'finished' };
  const able = finished.filter((cell) => reaches(cell, target));
  if (able.length === 0) return { absent: 'reached the target' };
  const entries = able.flatMap((cell) => {
    const value = spreadIn(cell, measure, target);
    if (value === null) return [];
    const detail = measure.detailOf?.(cell.figures) ?? null;
    return [{ contestant: cell.contestant, value, source: sourceIn(cell, measure), detail }];
  });
  const [first, ...others] = entries;
  if (first === undefined) return { absent: 'tells it' };
  return others.reduce((best, each) => (isBetter(each.value, best.value, measure.better) ? each : best), first);
}

function sourceIn({ figures }: Cell, { sourceOf }: Measure): string | null {
  const sources = sourceOf ? figures.flatMap((each) => sourceOf(each) ?? []) : [];
  return sources.length === 0 ? null : list([...new Set(sources)]);
}

function isImpossible({ results }: Cell): boolean {
  return results.every(({ outcome }) => outcome === 'not possible');
}

/** Who finished without learning has lost; who was not asked, failed, or could not be measured, has not. */
function winnerOf(
  ring: Entry | Absence,
  star: Entry | Absence,
  measure: Measure,
  hasLost: (side: Entry | Absence) => boolean,
): Duel['winner'] {
  if (isEntry(ring) && isEntry(star)) return better(ring.value, star.value, measure);
  if (isEntry(ring)) return hasLost(star) ? 'ring' : null;
  return isEntry(star) && hasLost(ring) ? 'star' : null;
}

/** 0.961 - 0.956 is a little more than 0.005 to a computer. */
const ROUNDING = 1e-9;

function better(ring: Spread, star: Spread, { better, sameWithin }: Measure): Duel['winner'] {
  if (sameWithin !== undefined && Math.abs(ring.median - star.median) <= sameWithin + ROUNDING) return 'neither';
  const apart = sameWithin === undefined ? undefined : 0; // it has said already what is too close
  if (isBeyond(ring, star, better, apart)) return 'ring';
  return isBeyond(star, ring, better, apart) ? 'star' : 'neither';
}
