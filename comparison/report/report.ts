// What a report says, before it is HTML or Markdown: the facts without which no figure means anything, the
// verdicts, the charts as SVG.

import { MOST_DRIFT, MOST_OVERDUE } from '../../protocol/node-figures.js';
import { boardCounts, cellsOf, contestantsOf, roundsOf } from '../cells.js';
import { energyText, energyWarnings } from '../energy-sources.js';
import { list, percent, plainFigure } from '../format.js';
import { MOST_DILATION, type Origin, type RunResult } from '../result.js';
import { beyondText } from '../spread.js';
import { targetText } from '../target.js';
import { type AimVerdict, type Findings, type Verdict, verdicts } from '../verdicts.js';
import type { Chart } from './chart-groups.js';

/** How the figures came to be. */
export interface Circumstances {
  /** Of the run file. */
  readonly name: string;
  /** Data, model, batch, seed in a line. */
  readonly task: string;
  /** As it was typed. */
  readonly command: string;
  /** Of emulated boards: the profile and its figures; null where none are emulated. */
  readonly profile: string | null;
  readonly links: string;
}

export interface DrawnChart extends Omit<Chart, 'spec'> {
  readonly svg: string;
}

export interface DrawnGroup {
  readonly title: string;
  readonly charts: readonly DrawnChart[];
}

export interface Report {
  readonly title: string;
  readonly headline: string;
  readonly facts: readonly (readonly [label: string, text: string])[];
  readonly warnings: readonly string[];
  readonly verdicts: readonly AimVerdict[];
  readonly findings: Findings;
  readonly groups: readonly DrawnGroup[];
}

export function reportOf(circumstances: Circumstances, findings: Findings, groups: readonly DrawnGroup[]): Report {
  const found = verdicts(findings);
  return {
    title: `Does the ring win? ${circumstances.name}`,
    headline: headlineOf(found),
    facts: factsOf(circumstances, findings),
    warnings: warningsOf(circumstances, findings),
    verdicts: found,
    findings,
    groups,
  };
}

export function headlineOf(found: readonly AimVerdict[]): string {
  const best = countsText(found.map(({ verdict }) => verdict));
  const plain = countsText(found.map((each) => each.plain ?? each.verdict));
  const isKnown = found.some((each) => each.plain !== null && each.plain !== 'not measured');
  const beside = isKnown && plain !== best ? ` Of the plain ring against the plain star: ${plain}.` : '';
  return `Of the paper’s ${found.length} aims: ${best}.${beside}`;
}

function countsText(found: readonly Verdict[]): string {
  const count = (verdict: Verdict): number => found.filter((each) => each === verdict).length;
  const [won, lost] = [count('holds'), count('does not hold')];
  const parts = [
    `${won} ${won === 1 ? 'holds' : 'hold'}`,
    `${lost} ${lost === 1 ? 'does' : 'do'} not`,
    `${count('not measured')} not measured`,
  ];
  return parts.join(', ');
}

function factsOf(circumstances: Circumstances, { results, target }: Findings): Report['facts'] {
  const { task, command, profile, links } = circumstances;
  const names = contestantsOf(cellsOf(results)).map(({ contestant, title }) => `${contestant} (${title})`);
  return [
    ['Task', task],
    ['Contestants', `${list(names)}; ${list(boardCounts(cellsOf(results)).map(String))} boards and a master`],
    ['Boards', profile ?? 'processes of this computer, not emulated'],
    ['Links', links],
    ['Energy', energyText(results)],
    ['Target', target === null ? 'none: nothing was evaluated' : `${targetText(target)}. ${target.why}`],
    ['Rounds', roundsText(roundsOf(results))],
    ...pacing(results),
    ['Measured on', originsText(results, 'machine')],
    ['Date', dates(results)],
    ['Command', command],
    ['Program', originsText(results, 'program')],
  ];
}

/** What the results say, not who writes the report. */
function originsText(results: Findings['results'], what: keyof Origin): string {
  return list([...new Set(results.map(({ origin }) => origin?.[what] ?? 'not known'))]);
}

function roundsText(rounds: number): string {
  const rule = beyondText(rounds);
  if (rounds === 1) return `1: how much figures waver is not known. Better means ${rule}`;
  const seeds = 'Each round has a seed of its own, the run file’s and one more each time, the same for all contestants';
  return `${rounds}, contestants taking turns. ${seeds}. Better means ${rule}`;
}

function pacing(results: Findings['results']): Report['facts'] {
  const emulated = results.flatMap(({ figures }) => figures?.emulated ?? []);
  if (emulated.length === 0) return [];
  const dilations = [...new Set(emulated.map(({ dilation }) => dilation))].sort((a, b) => a - b);
  const drift = Math.max(...emulated.map((each) => each.drift));
  const stretched = `times stretched by ${list(dilations.map(plainFigure))}, and divided by it here`;
  const tried = results.some(isTried)
    ? `, by trials, until a larger factor did not change the pace (at most ${MOST_DILATION})`
    : '';
  return [['Emulation', `${stretched}${tried}; drift at most ${percent(drift)}; ${overdueText(emulated)}`]];
}

/** Of a run whose dilation was found by trials: a larger one did not change its pace, unless it is the largest that is tried. */
function isTried({ definition, figures }: RunResult): boolean {
  return definition.dilation === 'auto' && (figures?.emulated?.dilation ?? MOST_DILATION) < MOST_DILATION;
}

/** What a run did not count is not known to be none. */
function overdueText(emulated: readonly { readonly overdue: number | null }[]): string {
  const known = emulated.flatMap(({ overdue }) => overdue ?? []);
  const unknown = emulated.length - known.length;
  if (known.length === 0) return 'overdue messages were not counted';
  const most = `overdue messages at most ${percent(Math.max(...known))}`;
  return unknown === 0 ? most : `${most} in ${runsText(known.length)}, not known in ${unknown}`;
}

function runsText(count: number): string {
  return count === 1 ? '1 run' : `${count} runs`;
}

function dates(results: Findings['results']): string {
  const days = [...new Set(results.map(({ startedAt }) => startedAt.slice(0, 10)))].sort();
  return days.length > 1 ? `${days[0]} to ${days.at(-1)}` : (days[0] ?? '–');
}

function mixtureWarnings(results: Findings['results']): string[] {
  const of = (what: keyof Origin) => new Set(results.map(({ origin }) => origin?.[what])).size;
  const mixed = [...(of('program') > 1 ? ['builds of the program'] : []), ...(of('machine') > 1 ? ['machines'] : [])];
  if (mixed.length === 0) return [];
  return [`These runs were measured by different ${list(mixed)}: begin anew with --fresh for figures of one.`];
}

function warningsOf({ profile }: Circumstances, { results }: Findings): string[] {
  const late = results.filter(({ figures }) => (figures?.emulated?.drift ?? 0) > MOST_DRIFT);
  const isHasty = ({ figures }: RunResult) => (figures?.emulated?.overdue ?? 0) > MOST_OVERDUE;
  const hasty = results.filter((result) => isHasty(result) && !isTried(result));
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  return [
    ...(profile === null
      ? ['No boards were emulated: all processes shared one computer, so these times are not those of boards.']
      : []),
    ...(late.length > 0
      ? [
          `This computer was more than ${Math.round(100 * MOST_DRIFT)} % late in ${late.length} of ${results.length} runs: a larger --dilation mends it.`,
        ]
      : []),
    ...(hasty.length > 0
      ? [
          `In ${hasty.length} of ${results.length} runs a board chose without more than ${Math.round(100 * MOST_OVERDUE)} % of the messages that were due: a larger --dilation mends it.`,
        ]
      : []),
    ...mixtureWarnings(results),
    ...energyWarnings(results),
    ...(failed.length > 0
      ? [`${failed.length} of ${results.length} runs failed; the table of all runs says why.`]
      : []),
  ];
}
