// How an aim is judged: by contests of a ring and a star in some measures, at every number of boards from two on that could
// be compared. What is not measured is said to be so.

import { boardCounts, type Cell, cellsOf, failureTexts } from './cells.js';
import { PLAIN } from './contestants.js';
import { type Duel, type DuelRule, duelsOf, type Entry, isEntry } from './duels.js';
import { energySources } from './energy-sources.js';
import { list } from './format.js';
import type { Limits } from './limits.js';
import type { Measure } from './measures.js';
import type { Recovery } from './recovery.js';
import type { RunResult } from './result.js';
import { type Contest, conclusion, figuresText, lastFigures } from './sentences.js';
import { APART_IN_ONE_ROUND, isBeyond, type Spread } from './spread.js';
import type { Target } from './target.js';

export type Verdict = 'holds' | 'does not hold' | 'not measured';

export interface AimVerdict {
  readonly aim: number;
  /** What the paper claims of the ring. */
  readonly title: string;
  /** On the best ring against the best star. */
  readonly verdict: Verdict;
  /** On the plain ring against the plain star, which compute the same; null where the verdict is on these anyway. */
  readonly plain: Verdict | null;
  /** Who is better where, and by how much at the most boards. */
  readonly summary: string;
  /** The same with the figures. */
  readonly sentence: string;
  readonly contests: readonly Contest[];
}

export interface Findings {
  readonly results: readonly RunResult[];
  readonly target: Target | null;
  /** Null where nobody has measured the largest model. */
  readonly limits: Limits | null;
  readonly recovery: Recovery;
}

type Accepted = readonly Duel['winner'][];
export const BETTER: Accepted = ['ring'];
export const AT_LEAST_AS_GOOD: Accepted = ['ring', 'neither'];

/** A measure that an aim is judged by. */
export interface Part extends DuelRule {
  readonly measure: Measure;
  readonly accepted: Accepted;
}

/** A verdict without contests. */
export function plainly(aim: number, title: string, verdict: Verdict, sentence: string): AimVerdict {
  return { aim, title, verdict, plain: null, summary: sentence, sentence, contests: [] };
}

/** @param more sentences, the same in the summary */
export function judged(
  aim: number,
  title: string,
  findings: Findings,
  parts: readonly Part[],
  more: readonly string[] = [],
): AimVerdict {
  const cells = cellsOf(findings.results);
  const contests = parts.map((part) => contestOf(cells, part, findings.target));
  const verdictOn = (kind: 'best' | 'plain') =>
    worst(contests.map((contest, index) => verdictOf(contest[kind], parts[index] as Part)));
  const ends = [...more, failuresText(cells)];
  const figures = (text: (contest: Contest) => string) => contests.flatMap((each) => [conclusion(each), text(each)]);
  return {
    aim,
    title,
    verdict: verdictOn('best'),
    plain: verdictOn('plain'),
    summary: sentencesOf([...figures(lastFigures), ...ends]),
    sentence: sentencesOf([...figures(figuresText), ...ends, basisOf(findings.results)]),
    contests,
  };
}

function failuresText(cells: readonly Cell[]): string {
  const failures = failureTexts(cells);
  return failures.length === 0 ? '' : `Not measured: ${list(failures)}.`;
}

function sentencesOf(sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function contestOf(cells: readonly Cell[], { measure, ...rule }: Part, target: Target | null): Contest {
  const plain = cells.filter(({ contestant }) => contestant === PLAIN.ring || contestant === PLAIN.star);
  const numbers = boardCounts(cells);
  const of = (some: readonly Cell[]) => duelsOf(some, numbers, measure, target, rule);
  return { measure, best: of(cells), plain: of(plain) };
}

function verdictOf(duels: readonly Duel[], { accepted, measure }: Part): Verdict {
  const decided = duels.filter(({ winner }) => winner !== null);
  if (decided.length === 0) return 'not measured';
  if (!decided.every(({ winner }) => accepted.includes(winner))) return 'does not hold';
  return decided.some((duel) => isHidden(duel, measure)) ? 'not measured' : 'holds';
}

/** Rounds so far apart that they hide by how much the ring is behind: "neither" is no "as good" then. */
function isHidden({ ring, star, winner }: Duel, { better, sameWithin }: Measure): boolean {
  if (winner !== 'neither' || sameWithin !== undefined || !isEntry(ring) || !isEntry(star)) return false;
  const medianOf = ({ value }: Entry): Spread => ({ ...value, min: value.median, max: value.median });
  return isBeyond(medianOf(star), medianOf(ring), better, APART_IN_ONE_ROUND);
}

function worst(found: readonly Verdict[]): Verdict {
  if (found.includes('does not hold')) return 'does not hold';
  return found.includes('not measured') ? 'not measured' : 'holds';
}

/** No figure of an emulated board without these words. */
export function basisOf(results: readonly RunResult[]): string {
  const figures = results.flatMap((result) => result.figures ?? []);
  const profiles = [...new Set(figures.flatMap(({ emulated }) => emulated?.profiles ?? []))];
  const boards = profiles.length === 0 ? 'All boards shared one computer' : `Boards emulated (${list(profiles)})`;
  return figures.length === 0 ? '' : `${[boards, energySources(results) ?? []].flat().join(', ')}.`;
}
