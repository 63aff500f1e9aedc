// The seven aims of the paper, each a verdict from the results. An aim holds only where it holds at every number
// of boards from two on, beyond the spread of the rounds; what is not measured is said to be so.

import { type Cell, cellsOf } from './cells.js';
import { PLAIN } from './contestants.js';
import { type Duel, duelsOf } from './duels.js';
import { energySources } from './energy-sources.js';
import { boardsText, list, scaled } from './format.js';
import type { Limits } from './limits.js';
import type { Measure } from './measures.js';
import * as measures from './measures.js';
import type { Recovery } from './recovery.js';
import { judgeResilience } from './resilience.js';
import type { RunResult } from './result.js';
import { type Contest, conclusion, figuresText, lastFigures } from './sentences.js';
import { speedups } from './speedups.js';
import type { Target } from './target.js';

export type Verdict = 'holds' | 'does not hold' | 'not measured';

export interface AimVerdict {
  readonly aim: number;
  /** What the paper claims of the ring. */
  readonly title: string;
  readonly verdict: Verdict;
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
const BETTER: Accepted = ['ring'];
const AT_LEAST_AS_GOOD: Accepted = ['ring', 'neither'];

export function verdicts(findings: Findings): AimVerdict[] {
  return [idle, energy, scaling, resilience, largestModel, communication, accuracy].map((aim) => aim(findings));
}

export function idle(findings: Findings): AimVerdict {
  return judged(1, 'Workers are less idle', findings, [
    [measures.idleShare, BETTER],
    [measures.idlestShare, BETTER],
  ]);
}

export function energy(findings: Findings): AimVerdict {
  return judged(2, 'Less energy for the same task', findings, [[measures.joulesToTarget, BETTER]]);
}

export function scaling(findings: Findings): AimVerdict {
  const aim = judged(3, 'Scales at least as well', findings, [[measures.secondsToTarget, AT_LEAST_AS_GOOD]]);
  const faster = speedups(cellsOf(findings.results), findings.target);
  return { ...aim, summary: sentencesOf([aim.summary, ...faster]), sentence: sentencesOf([aim.sentence, ...faster]) };
}

export function resilience({ recovery }: Findings): AimVerdict {
  const { verdict, sentence } = judgeResilience(recovery);
  return plainly(4, 'As resilient', verdict, sentence);
}

export function communication(findings: Findings): AimVerdict {
  return judged(6, 'Less communication', findings, [
    [measures.bytesSent, BETTER],
    [measures.busiestLinkBytes, BETTER],
  ]);
}

export function accuracy(findings: Findings): AimVerdict {
  const metric = findings.target?.metric ?? 'accuracy';
  return judged(7, 'The same accuracy in at least the same time', findings, [
    [measures.finalMetric(metric), AT_LEAST_AS_GOOD],
    [measures.secondsToTarget, AT_LEAST_AS_GOOD],
  ]);
}

export function largestModel({ limits }: Pick<Findings, 'limits'>): AimVerdict {
  const told = (verdict: Verdict, sentence: string) => plainly(5, 'Holds larger models', verdict, sentence);
  if (limits === null)
    return told('not measured', 'There is no limits.json in this folder; ringtmp limits writes one.');
  const numbers = [...new Set(limits.results.map(({ boards }) => boards))].filter((boards) => boards >= 2);
  const pairs = numbers.map((boards) => ({
    boards,
    ring: most(limits, 'ring', boards),
    star: most(limits, 'star', boards),
  }));
  const known = pairs.filter(({ ring, star }) => ring !== null && star !== null);
  if (known.length === 0) return told('not measured', 'limits.json has no pair to compare.');
  const texts = known.map(
    ({ boards, ring, star }) =>
      `at ${boardsText(boards)} ${count(ring)} parameters in a ring, ${count(star)} in a star`,
  );
  const holds = known.every(({ ring, star }) => (ring as number) > (star as number));
  const sentence = `The largest model that trained${heldText(limits)}: ${texts.join('; ')}.`;
  return told(holds ? 'holds' : 'does not hold', sentence);
}

/** A limit of memory means little without how the boards were held to it. */
function heldText({ profile, conditions }: Limits): string {
  if (conditions === undefined) return profile === null ? '' : ` (memory of ${profile})`;
  const memory = `${scaled(conditions.memoryBytes, 'B')} a board${profile === null ? '' : `, as of ${profile}`}`;
  const holder = { cgroup: 'held by the kernel', engine: 'held by its own agent, without buffers' }[conditions.kind];
  return ` (${memory}, ${holder})`;
}

/** A verdict without contests. */
function plainly(aim: number, title: string, verdict: Verdict, sentence: string): AimVerdict {
  return { aim, title, verdict, summary: sentence, sentence, contests: [] };
}

function count(parameters: number | null): string {
  return Math.round(parameters ?? 0).toLocaleString('en-US');
}

function most({ results }: Limits, mode: 'ring' | 'star', boards: number): number | null {
  const fitting = results.filter((each) => each.mode === mode && each.boards === boards);
  return fitting.length === 0 ? null : Math.max(...fitting.map(({ parameters }) => parameters));
}

function judged(
  aim: number,
  title: string,
  findings: Findings,
  parts: readonly (readonly [Measure, Accepted])[],
): AimVerdict {
  const cells = cellsOf(findings.results);
  const contests = parts.map(([measure]) => contestOf(cells, measure, findings.target));
  const found = contests.map(({ best }, index) => verdictOf(best, (parts[index] as (typeof parts)[number])[1]));
  const basis = basisOf(findings.results);
  return {
    aim,
    title,
    verdict: worst(found),
    summary: sentencesOf(contests.flatMap((contest) => [conclusion(contest), lastFigures(contest)])),
    sentence: sentencesOf([...contests.flatMap((contest) => [conclusion(contest), figuresText(contest)]), basis]),
    contests,
  };
}

function sentencesOf(sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function contestOf(cells: readonly Cell[], measure: Measure, target: Target | null): Contest {
  const isPlain = ({ contestant }: Cell): boolean => contestant === PLAIN.ring || contestant === PLAIN.star;
  return { measure, best: duelsOf(cells, measure, target), plain: duelsOf(cells, measure, target, isPlain) };
}

function verdictOf(duels: readonly Duel[], accepted: Accepted): Verdict {
  const decided = duels.filter(({ winner }) => winner !== null);
  if (decided.length === 0) return 'not measured';
  return decided.every(({ winner }) => accepted.includes(winner)) ? 'holds' : 'does not hold';
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
